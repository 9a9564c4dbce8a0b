/* SPDX-License-Identifier: Apache-2.0 */
/* imds_test.c - tokens of the metadata service, and the tree that an instance reads. */
#include "services/ec2/imds/token.h"
#include "services/ec2/imds/tree.h"
#include "test.h"

static const uint8_t key[32] = {1, 2, 3}, other_key[32] = {3, 2, 1};

NP_TEST(tokens)
{
    struct np_arena *a = np_arena_new();
    struct np_str one = NP_STR("i-0123456789abcdef0"), two = NP_STR("i-0123456789abcdef1");
    struct np_str t = ec2_imds_token(a, key, one, 1000, 60);
    NP_CHECK(t.n == 56 && np_str_ends(t, NP_STR("==")), "as AWS's look");
    NP_CHECK(ec2_imds_token_left(a, key, one, t, 1000) == 60);
    NP_CHECK(ec2_imds_token_left(a, key, one, t, 1500) == 60);
    NP_CHECK(ec2_imds_token_left(a, key, one, t, 60999) == 1);
    NP_CHECK(ec2_imds_token_left(a, key, one, t, 61000) == 0, "it is over");
    NP_CHECK(ec2_imds_token_left(a, key, two, t, 1000) == 0, "another instance's");
    NP_CHECK(ec2_imds_token_left(a, other_key, one, t, 1000) == 0, "another region's");
    NP_CHECK(ec2_imds_token_left(a, key, one, NP_STR(""), 1000) == 0);
    NP_CHECK(ec2_imds_token_left(a, key, one, NP_STR("AQAA=="), 1000) == 0);
    for (size_t i = 0; i < t.n - 2; i++) {
        char *changed = np_str_z(a, t);
        changed[i] = changed[i] == 'x' ? 'y' : 'x';
        NP_CHECK(ec2_imds_token_left(a, key, one, np_str_n(changed, t.n), 1000) == 0,
                 "changed at %zu", i);
    }
    np_arena_free(a);
}

NP_TEST(times_of_tokens)
{
    static const struct {
        const char *field;
        int64_t ttl;
    } cases[] = {
        {"1", 1},  {"21600", 21600}, {" 60 ", 60}, {"0", 0},   {"21601", 0},
        {"-1", 0}, {"", 0},          {"x", 0},     {"1.5", 0}, {"99999999999999999999", 0}};
    NP_EACH (c, cases)
        NP_CHECK(ec2_imds_ttl(np_str_of(c->field)) == c->ttl, "%s", c->field);
}

/* --- the tree --- */

static struct np_str subnet_block(void *arg, struct np_str subnet)
{
    return NP_STR("10.0.1.0/24");
}

static size_t vpc_blocks(void *arg, struct np_str vpc, struct np_str *out, size_t room)
{
    out[0] = NP_STR("10.0.0.0/16");
    out[1] = NP_STR("10.1.0.0/16");
    return 2;
}

static struct ec2_InstanceNetworkInterfaceAssociation association = {
    .PublicIp = {"127.64.0.9", 10}};
static struct ec2_InstancePrivateIpAddress addresses[] = {
    {.PrivateIpAddress = {"10.0.1.5", 8}, .Association = &association},
    {.PrivateIpAddress = {"10.0.1.6", 8}}};
static struct ec2_GroupIdentifier groups[] = {{.GroupId = {"sg-1", 4}, .GroupName = {"web", 3}},
                                              {.GroupId = {"sg-2", 4}, .GroupName = {"db", 2}}};
static struct ec2_InstanceNetworkInterface interface = {
    .MacAddress = {"02:00:0a:00:01:05", 17},
    .NetworkInterfaceId = {"eni-1", 5},
    .SubnetId = {"subnet-1", 8},
    .VpcId = {"vpc-1", 5},
    .OwnerId = {"111122223333", 12},
    .Association = &association,
    .PrivateIpAddresses = {addresses, 2, true},
    .Groups = {groups, 2, true},
};
static struct ec2_Tag tags[] = {
    {{"Name", 4}, {"web-1", 5}}, {{"a/b", 3}, {"x", 1}}, {{"empty", 5}}};
static struct ec2_InstanceMetadataOptionsResponse with_tags = {
    .InstanceMetadataTags = {"enabled", 7}};
static struct ec2_InstanceBlockDeviceMapping disks[] = {{.DeviceName = {"/dev/xvda", 9}},
                                                        {.DeviceName = {"/dev/sdf", 8}}};
static struct ec2_Placement placement = {.AvailabilityZone = {"us-east-1a", 10}};

static struct ec2_Instance instance_of(void)
{
    return (struct ec2_Instance){
        .InstanceId = NP_STR("i-1"),
        .ImageId = NP_STR("ami-1"),
        .InstanceType = NP_STR("t3.micro"),
        .PrivateDnsName = NP_STR("ip-10-0-1-5.ec2.internal"),
        .PrivateIpAddress = NP_STR("10.0.1.5"),
        .PublicIpAddress = NP_STR("127.64.0.9"),
        .KeyName = NP_STR("ann"),
        .RootDeviceName = NP_STR("/dev/xvda"),
        .BlockDeviceMappings = {disks, 2, true},
        .NetworkInterfaces = {&interface, 1, true},
        .SecurityGroups = {groups, 2, true},
        .Placement = &placement,
        .MetadataOptions = &with_tags,
        .Tags = {tags, 3, true},
    };
}

static struct ec2_imds_facts facts_of(const struct ec2_Instance *i)
{
    return (struct ec2_imds_facts){.i = i,
                                   .account = NP_STR("111122223333"),
                                   .region = NP_STR("us-east-1"),
                                   .zone_id = NP_STR("use1-az1"),
                                   .reservation = NP_STR("r-1"),
                                   .user_data = NP_STR("#!/bin/sh\n"),
                                   .public_key = NP_STR("ssh-ed25519 AAAA comment\n"),
                                   .profile_arn =
                                       NP_STR("arn:aws:iam::111122223333:instance-profile/p"),
                                   .profile_id = NP_STR("AIPA1"),
                                   .role = NP_STR("web-role"),
                                   .document = NP_STR("{}"),
                                   .signature = NP_STR("sig"),
                                   .pkcs7 = NP_STR("cms"),
                                   .now_ms = 1700000000000,
                                   .subnet_block = subnet_block,
                                   .vpc_blocks = vpc_blocks};
}

#define M   "/latest/meta-data/"
#define MAC M "network/interfaces/macs/02:00:0a:00:01:05/"

static const struct {
    const char *path;
    enum ec2_imds_found found;
    const char *text; /* NULL: not looked at */
} answers[] = {
    {"/latest", EC2_IMDS_LIST, "dynamic\nmeta-data\nuser-data"},
    {"/latest/", EC2_IMDS_LIST, "dynamic\nmeta-data\nuser-data"},
    {"/", EC2_IMDS_LIST, NULL},
    {M "instance-id", EC2_IMDS_TEXT, "i-1"},
    {"/2009-04-04/meta-data/instance-id", EC2_IMDS_TEXT, "i-1"},
    {"/2021-03-23//meta-data///ami-id", EC2_IMDS_TEXT, "ami-1"},
    {"/1999-01-01/meta-data/instance-id", EC2_IMDS_NOTHING, NULL},
    {M "instance-id/", EC2_IMDS_NOTHING, NULL},
    {M "instance-i", EC2_IMDS_NOTHING, NULL},
    {M "instance-id/x", EC2_IMDS_NOTHING, NULL},
    {M "nothing", EC2_IMDS_NOTHING, NULL},
    {M "spot/instance-action", EC2_IMDS_NOTHING, NULL},
    {M "placement", EC2_IMDS_LIST, "availability-zone\navailability-zone-id\nregion"},
    {M "placement/", EC2_IMDS_LIST, "availability-zone\navailability-zone-id\nregion"},
    {M "placement/region", EC2_IMDS_TEXT, "us-east-1"},
    {M "block-device-mapping/", EC2_IMDS_LIST, "ami\nebs1\nroot"},
    {M "block-device-mapping/ebs1", EC2_IMDS_TEXT, "/dev/sdf"},
    {M "iam/", EC2_IMDS_LIST, "info\nsecurity-credentials/"},
    {M "iam/security-credentials/", EC2_IMDS_LIST, "web-role"},
    {M "iam/security-credentials/web-role", EC2_IMDS_CREDENTIALS, NULL},
    {M "iam/security-credentials/other", EC2_IMDS_NOTHING, NULL},
    {M "public-keys/", EC2_IMDS_LIST, "0=ann"},
    {M "public-keys/0", EC2_IMDS_LIST, "openssh-key"},
    {M "public-keys/0/openssh-key", EC2_IMDS_TEXT, "ssh-ed25519 AAAA ann\n"},
    {M "security-groups", EC2_IMDS_TEXT, "web\ndb"},
    {M "network/interfaces/macs/", EC2_IMDS_LIST, "02:00:0a:00:01:05/"},
    {MAC "local-ipv4s", EC2_IMDS_TEXT, "10.0.1.5\n10.0.1.6"},
    {MAC "public-ipv4s", EC2_IMDS_TEXT, "127.64.0.9"},
    {MAC "ipv4-associations/127.64.0.9", EC2_IMDS_TEXT, "10.0.1.5"},
    {MAC "security-group-ids", EC2_IMDS_TEXT, "sg-1\nsg-2"},
    {MAC "subnet-ipv4-cidr-block", EC2_IMDS_TEXT, "10.0.1.0/24"},
    {MAC "vpc-ipv4-cidr-blocks", EC2_IMDS_TEXT, "10.0.0.0/16\n10.1.0.0/16"},
    {M "tags/instance", EC2_IMDS_LIST, "Name\nempty"},
    {M "tags/instance/Name", EC2_IMDS_TEXT, "web-1"},
    {M "tags/instance/empty", EC2_IMDS_TEXT, ""},
    {"/latest/user-data", EC2_IMDS_TEXT, "#!/bin/sh\n"},
    {"/latest/dynamic/instance-identity", EC2_IMDS_LIST, "document\npkcs7\nsignature"},
    {"/latest/dynamic/instance-identity/document", EC2_IMDS_TEXT, "{}"},
};

NP_TEST(what_an_instance_reads)
{
    struct np_arena *a = np_arena_new();
    struct ec2_Instance i = instance_of();
    struct ec2_imds_facts f = facts_of(&i);
    struct ec2_imds_tree t;
    ec2_imds_tree(&f, a, &t);
    NP_EACH (c, answers) {
        struct np_str text = NP_STR("");
        NP_CHECK(ec2_imds_answer(&t, np_str_of(c->path), &text) == c->found, "%s", c->path);
        if (c->text != NULL)
            NP_CHECK(np_str_eq(text, np_str_of(c->text)), "%s: \"%.*s\"", c->path, NP_FMT(text));
    }
    np_arena_free(a);
}

NP_TEST(what_an_instance_has_not_is_not_there)
{
    static const char *const gone[] = {M "iam",          M "iam/info", M "public-keys",
                                       M "public-ipv4",  M "tags",     "/latest/user-data",
                                       "/latest/dynamic"};
    struct np_arena *a = np_arena_new();
    struct ec2_Instance i = {.InstanceId = NP_STR("i-1"), .Tags = {tags, 3, true}};
    struct ec2_imds_facts f = {.i = &i,
                               .region = NP_STR("us-east-1"),
                               .subnet_block = subnet_block,
                               .vpc_blocks = vpc_blocks};
    struct ec2_imds_tree t;
    struct np_str text;
    ec2_imds_tree(&f, a, &t);
    NP_EACH (path, gone)
        NP_CHECK(ec2_imds_answer(&t, np_str_of(*path), &text) == EC2_IMDS_NOTHING, "%s", *path);
    NP_CHECK(ec2_imds_answer(&t, NP_STR(M "instance-id"), &text) == EC2_IMDS_TEXT);
    np_arena_free(a);
}
