/* SPDX-License-Identifier: Apache-2.0 */
/* rdata_test.c - names and data of records: text, wire, and what is wrong with them. */
#include "dns_test.h"

#include "base/enc.h"

static const struct {
    const char *text, *hex, *back; /* back NULL: the text with a dot */
} names[] = {
    {"www.Example.com", "03777777076578616d706c6503636f6d00", "www.example.com."},
    {"www.example.com.", "03777777076578616d706c6503636f6d00", "www.example.com."},
    {".", "00", "."},
    {"*.a", "012a016100", "\\052.a."},
    {"\\052.a", "012a016100", "\\052.a."},
    {"a\\.b.c", "03612e62016300", "a\\056b.c."},
    {"a\\\\b", "03615c6200", "a\\134b."},
    {"\\000\\377", "0200ff00", "\\000\\377."},
    {"_a-1", "045f612d3100", "_a-1."},
    {"a/b", "03612f6200", "a\\057b."},
};

NP_TEST(dns_names_as_text_and_wire)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (n, names) {
        struct np_str wire;
        NP_CHECK(np_dns_name_of(np_str_of(n->text), a, &wire, NULL) == 0, "%s", n->text);
        NP_CHECK_STR(np_hex_str(a, wire), np_str_of(n->hex));
        NP_CHECK_STR(np_dns_name_text(wire, a), np_str_of(n->back));
        NP_CHECK(np_dns_name_len((const uint8_t *)wire.p, wire.n) == wire.n);
    }
}

NP_TEST(dns_names_that_are_none)
{
    static const struct {
        const char *text, *why;
    } bad[] = {
        {"", "DomainNameEmpty (Domain name is empty)"},
        {"..", "DomainLabelEmpty (Domain label is empty)"},
        {"a..b", "DomainLabelEmpty (Domain label is empty)"},
        {".a", "DomainLabelEmpty (Domain label is empty)"},
        {"a\\", "UnsupportedCharacter (Value contains unsupported characters)"},
        {"a\\40.b", "UnsupportedCharacter (Value contains unsupported characters)"},
        {"a\\400", "UnsupportedCharacter (Value contains unsupported characters)"},
        {"a\\048", "UnsupportedCharacter (Value contains unsupported characters)"},
    };
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str wire;
    NP_EACH (b, bad) {
        struct np_err err = {0};
        NP_CHECK(np_dns_name_of(np_str_of(b->text), a, &wire, &err) == NP_EINVAL, "%s", b->text);
        NP_CHECK_STR(np_err_text(&err), np_str_of(b->why));
    }
    char label[70];
    memset(label, 'a', sizeof(label));
    NP_CHECK(np_dns_name_of(np_str_n(label, NP_DNS_LABEL_MAX), a, &wire, NULL) == 0);
    NP_CHECK(np_dns_name_of(np_str_n(label, NP_DNS_LABEL_MAX + 1), a, &wire, NULL) == NP_EINVAL);
    struct np_buf b;
    np_buf_init(&b, a, 1000);
    for (int i = 0; i < 253; i++) /* 127 labels of one byte: 254 and the root */
        np_buf_char(&b, i % 2 == 0 ? 'a' : '.');
    NP_CHECK(np_dns_name_of(np_buf_str(&b), a, &wire, NULL) == 0 && wire.n == NP_DNS_NAME_MAX);
    NP_CHECK(np_dns_name_labels(wire) == NP_DNS_LABELS_MAX);
    np_buf_char(&b, 'a');
    NP_CHECK(np_dns_name_of(np_buf_str(&b), a, &wire, NULL) == NP_EINVAL);
}

NP_TEST(dns_names_in_canonical_order)
{
    /* RFC 4034, 6.1 */
    static const char *const order[] = {"example",         "a.example",      "yljkjljk.a.example",
                                        "z.a.example",     "zabc.a.example", "z.example",
                                        "\\001.z.example", "*.z.example",    "\\310.z.example"};
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str x, y;
    for (size_t i = 0; i < NP_LEN(order); i++)
        for (size_t k = 0; k < NP_LEN(order); k++) {
            NP_CHECK(np_dns_name_of(np_str_of(order[i]), a, &x, NULL) == 0 &&
                     np_dns_name_of(np_str_of(order[k]), a, &y, NULL) == 0);
            int c = np_dns_name_cmp(x, y);
            NP_CHECK((c < 0) == (i < k) && (c == 0) == (i == k), "%s %s", order[i], order[k]);
            NP_CHECK(np_dns_name_under(x, y) ==
                         (i == k || k == 0 || (k == 1 && i < 5 && i > 1) || (k == 5 && i > 5)),
                     "%s %s", order[i], order[k]);
        }
}

#define HEX20       "00112233445566778899AABBCCDDEEFF00112233"
#define HEX20_LOWER "00112233445566778899aabbccddeeff00112233"

static const struct {
    const char *type, *text, *hex, *back; /* back NULL: as it was */
} values[] = {
    {"A", "192.0.2.1", "c0000201", NULL},
    {"A", " 192.0.2.1 ", "c0000201", "192.0.2.1"},
    {"AAAA", "2001:DB8::1", "20010db8000000000000000000000001", "2001:db8::1"},
    {"CNAME", "Www.Example.com", "03577777074578616d706c6503636f6d00", "Www.Example.com."},
    {"NS", "a\\056b.c.", "03612e62016300", NULL},
    {"PTR", "*.a.", "012a016100", NULL},
    {"MX", "10 mail.", "000a046d61696c00", NULL},
    {"MX", "65535\t.", "ffff00", "65535 ."},
    {"SRV", "1 2 65535 a.", "00010002ffff016100", NULL},
    {"SOA", "a. b. 1 2 3 4 4294967295",
     "016100016200000000010000000200000003"
     "00000004ffffffff",
     NULL},
    {"TXT", "\"a b\"", "03612062", NULL},
    {"TXT", "\"a\" \"\"  \"b\"", "0161000162", "\"a\" \"\" \"b\""},
    {"TXT", "\"a\"\"b\"", "01610162", "\"a\" \"b\""},
    {"TXT", "\"\\\"\\\\\\001\\377\"", "04225c01ff", NULL},
    {"TXT", "\"\\101\"", "0141", "\"A\""},
    {"SPF", "\"v=spf1 -all\"", "0b763d73706631202d616c6c", NULL},
    {"CAA", "0 issue \"ca.example.net\"",
     "00056973737565"
     "63612e6578616d706c652e6e6574",
     NULL},
    {"CAA", "128 iodef \"\"", "8005696f646566", NULL},
    {"DS", "12345 13 3 ABcd", "30390d03abcd", "12345 13 3 ABCD"},
    {"DS", "1 13 3 AB CD", "00010d03abcd", "1 13 3 ABCD"},
    {"DS", "1 13 1 " HEX20, "00010d01" HEX20_LOWER, NULL},
    {"SSHFP", "4 1 " HEX20, "0401" HEX20_LOWER, NULL},
    {"SSHFP", "4 3 00FF", "040300ff", NULL},
    {"TLSA", "3 1 1 DEADBEEF", "030101deadbeef", NULL},
    {"NAPTR", "100 50 \"u\" \"E2U+sip\" \"!^.*$!sip:a@b!\" .",
     "00640032017507453255"
     "2b7369700e215e2e2a24217369703a6140622100",
     NULL},
    {"SVCB", "0 svc.example.", "000003737663076578616d706c6500", NULL},
    {"HTTPS", "1 . alpn=\"h3,h2\"",
     "0001000001000602683302683"
     "2",
     NULL},
    {"HTTPS", "1 . port=\"8443\" alpn=h2",
     "00010000010003026832"
     "0003000220fb",
     "1 . alpn=\"h2\" port=\"8443\""},
    {"HTTPS", "1 . mandatory=ipv4hint,alpn alpn=h2 ipv4hint=192.0.2.1,192.0.2.2",
     "0001000000000400010004000100030268320004"
     "0008c0000201c0000202",
     "1 . mandatory=\"alpn,ipv4hint\" alpn=\"h2\" ipv4hint=\"192.0.2.1,192.0.2.2\""},
    {"HTTPS", "1 . no-default-alpn alpn=h2 ech=\"AAEC\" ipv6hint=\"2001:db8::1\"",
     "00010000010003026832000200000005000300010200060010"
     "20010db8000000000000000000000001",
     "1 . alpn=\"h2\" no-default-alpn ech=\"AAEC\" ipv6hint=\"2001:db8::1\""},
    {"SVCB", "1 a. key667=\"hello\\040x\" key700",
     "00010161"
     "00029b000768656c6c6f207802bc0000",
     "1 a. key667=\"hello x\" key700"},
    {"SVCB", "16 . alpn=\"f\\\\,oo,b\\\\\\\\r\"",
     "001000000100090466"
     "2c6f6f03625c72",
     NULL},
};

NP_TEST(dns_data_of_each_type)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (v, values) {
        struct np_str rdata;
        struct np_err err = {0};
        uint16_t type = rig_type(v->type);
        NP_CHECK(np_dns_rdata_of(type, np_str_of(v->text), a, &rdata, &err) == 0, "%s %s: %.*s",
                 v->type, v->text, (int)err.n, err.text);
        NP_CHECK_STR(np_hex_str(a, rdata), np_str_of(v->hex));
        struct np_str back = np_dns_rdata_text(type, rdata, a);
        NP_CHECK_STR(back, np_str_of(v->back != NULL ? v->back : v->text));
        struct np_str again;
        NP_CHECK(np_dns_rdata_of(type, back, a, &again, NULL) == 0 && np_str_eq(again, rdata),
                 "%s %s", v->type, v->text);
    }
}

static const struct {
    const char *type, *text, *why; /* what the reason begins with */
} wrong[] = {
    {"A", "192.0.2", "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"},
    {"A", "192.0.2.256", "ARRDATAIllegalIPv4Address"},
    {"A", "192.0.2.1 192.0.2.2", "ARRDATANotOneFields"},
    {"A", "", "ARRDATANotOneFields"},
    {"AAAA", "1.2.3.4", "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)"},
    {"CNAME", "a..b", "DomainLabelEmpty"},
    {"MX", "10", "MXRRDATANotTwoFields (MX record doesn't have 2 fields)"},
    {"MX", "10 a b", "MXRRDATANotTwoFields"},
    {"MX", "65536 a", "MXRRDATAIllegalNumber"},
    {"MX", "-1 a", "MXRRDATAIllegalNumber"},
    {"SRV", "1 2 a.", "SRVRRDATAIllegalNumber"},
    {"SRV", "1 2 3", "SRVRRDATANotFourFields"},
    {"SOA", "a. b. 1 2 3 4", "SOARRDATANotSevenFields"},
    {"SOA", "a. b. 1 2 3 4 4294967296", "SOARRDATAIllegalNumber"},
    {"TXT", "a", "InvalidCharacterString (Value should be enclosed in quotation marks)"},
    {"TXT", "\"a", "InvalidCharacterString"},
    {"TXT", "\"a\" b", "InvalidCharacterString"},
    {"TXT", "\"a\\\"", "UnsupportedCharacter"},
    {"TXT", "\"a\\400\"", "UnsupportedCharacter"},
    {"CAA", "0 issue ca.example.net", "InvalidCharacterString"},
    {"CAA", "256 issue \"x\"", "CAARRDATAIllegalNumber"},
    {"CAA", "0 is-sue \"x\"", "CAARRDATAIllegalTag"},
    {"CAA", "0 issue", "CAARRDATANotThreeFields"},
    {"DS", "1 13 2 ABC", "DSRRDATAIllegalHex"},
    {"DS", "1 13 2", "DSRRDATANotFourFields"},
    {"DS", "1 13 2 " HEX20, "DSRRDATAIllegalDigest (DS digest of type 2 doesn't have 32 bytes)"},
    {"SSHFP", "4 1 " HEX20 "00", "SSHFPRRDATAIllegalDigest"},
    {"TLSA", "3 1 1 XY", "TLSARRDATAIllegalHex"},
    {"NAPTR", "100 50 u \"\" \"\" .", "InvalidCharacterString"},
    {"HTTPS", "0 . alpn=h2", "HTTPSRRDATAIllegalParameter"},
    {"HTTPS", "1 . alpn", "HTTPSRRDATAIllegalParameter"},
    {"HTTPS", "1 . alpn=h2 alpn=h3", "HTTPSRRDATAIllegalParameter"},
    {"HTTPS", "1 . no-default-alpn", "HTTPSRRDATAIllegalParameter"},
    {"HTTPS", "1 . no-default-alpn=x alpn=h2", "HTTPSRRDATAIllegalParameter"},
    {"HTTPS", "1 . mandatory=alpn", "HTTPSRRDATAIllegalParameter"},
    {"HTTPS", "1 . mandatory=mandatory", "HTTPSRRDATAIllegalParameter"},
    {"HTTPS", "1 . port=65536", "HTTPSRRDATAIllegalParameter"},
    {"HTTPS", "1 . ipv4hint=::1", "HTTPSRRDATAIllegalParameter"},
    {"HTTPS", "1 . ech=\"*\"", "HTTPSRRDATAIllegalParameter"},
    {"HTTPS", "1 . key65535=x", "HTTPSRRDATAIllegalParameter"},
    {"HTTPS", "1 . key01=x", "HTTPSRRDATAIllegalParameter"},
    {"HTTPS", "1 . what=x", "HTTPSRRDATAIllegalParameter"},
};

NP_TEST(dns_data_that_is_none)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (w, wrong) {
        struct np_str rdata;
        struct np_err err = {0};
        int rc = np_dns_rdata_of(rig_type(w->type), np_str_of(w->text), a, &rdata, &err);
        NP_CHECK(rc == NP_EINVAL && np_str_starts(np_err_text(&err), np_str_of(w->why)),
                 "%s %s: %.*s", w->type, w->text, (int)err.n, err.text);
    }
}

NP_TEST(dns_text_of_255_bytes)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str rdata;
    char text[258];
    memset(text, 'x', sizeof(text));
    text[0] = text[256] = '"';
    NP_CHECK(np_dns_rdata_of(NP_DNS_TXT, np_str_n(text, 257), a, &rdata, NULL) == 0 &&
             rdata.n == 256);
    text[256] = 'x';
    text[257] = '"';
    struct np_err err = {0};
    NP_CHECK(np_dns_rdata_of(NP_DNS_TXT, np_str_n(text, 258), a, &rdata, &err) == NP_EINVAL);
    NP_CHECK_STR(np_err_text(&err), NP_STR("CharacterStringTooLong (Value is too long)"));
}

NP_TEST(dns_data_that_is_broken_or_unknown_as_text)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_CHECK_STR(np_dns_rdata_text(NP_DNS_A, NP_STR("abc"), a), NP_STR("\\# 3 616263"));
    NP_CHECK_STR(np_dns_rdata_text(NP_DNS_MX, NP_STR("\0\1\5ab"), a), NP_STR("\\# 5 0001056162"));
    NP_CHECK_STR(np_dns_rdata_text(NP_DNS_TXT, NP_STR(""), a), NP_STR("\\# 0"));
    NP_CHECK_STR(np_dns_rdata_text(65280, NP_STR("\1"), a), NP_STR("\\# 1 01"));
    NP_CHECK_STR(np_dns_type_text(65280, a), NP_STR("TYPE65280"));
    uint16_t type;
    NP_CHECK(!np_dns_type_of(NP_STR("a"), &type) && !np_dns_type_of(NP_STR("DNSKEY"), &type));
}
