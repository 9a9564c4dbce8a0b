/* SPDX-License-Identifier: Apache-2.0 */
/* check_config.c - settings of health checks. */
#include "services/route53/check.h"

#define PORT_HTTP         80
#define PORT_HTTPS        443
#define INTERVAL_DEFAULT  30
#define INTERVAL_FAST     10
#define THRESHOLD_DEFAULT 3
#define REGIONS_MIN       3

static bool is(const struct route53_HealthCheckConfig *c, const char *type)
{
    return np_str_eq(c->Type, np_str_of(type));
}

static bool is_calculated(const struct route53_HealthCheckConfig *c)
{
    return is(c, "CALCULATED");
}

static bool matches_text(const struct route53_HealthCheckConfig *c)
{
    return is(c, "HTTP_STR_MATCH") || is(c, "HTTPS_STR_MATCH");
}

bool route53_config_is_https(const struct route53_HealthCheckConfig *c)
{
    return is(c, "HTTPS") || is(c, "HTTPS_STR_MATCH");
}

bool route53_config_is_tcp(const struct route53_HealthCheckConfig *c)
{
    return is(c, "TCP");
}

static void default_int(struct np_opt_int *v, int64_t otherwise)
{
    if (!v->set)
        *v = ROUTE53_INT(otherwise);
}

static void default_bool(struct np_opt_bool *v, bool otherwise)
{
    if (!v->set)
        *v = ROUTE53_BOOL(otherwise);
}

void route53_config_defaults(struct route53_HealthCheckConfig *c)
{
    default_bool(&c->Inverted, false);
    default_bool(&c->Disabled, false);
    if (is_calculated(c))
        return;
    default_int(&c->RequestInterval, INTERVAL_DEFAULT);
    default_int(&c->FailureThreshold, THRESHOLD_DEFAULT);
    default_bool(&c->MeasureLatency, false);
    default_bool(&c->EnableSNI, route53_config_is_https(c));
    if (!route53_config_is_tcp(c))
        default_int(&c->Port, route53_config_is_https(c) ? PORT_HTTPS : PORT_HTTP);
}

static int wrong(struct np_err *err, const char *what)
{
    return np_fault(err, &ROUTE53_InvalidInput, "Invalid parameter : %s", what);
}

static int check_calculated(const struct route53_HealthCheckConfig *c, struct np_err *err)
{
    if (c->IPAddress.p != NULL || c->FullyQualifiedDomainName.p != NULL || c->Port.set ||
        c->ResourcePath.p != NULL || c->SearchString.p != NULL || c->RequestInterval.set ||
        c->FailureThreshold.set || c->EnableSNI.set || c->Regions.n != 0)
        return wrong(err, "A calculated health check observes its children, no endpoint: leave out "
                          "what describes one.");
    if (!c->HealthThreshold.set)
        return wrong(err, "HealthThreshold is missing.");
    for (size_t i = 0; i < c->ChildHealthChecks.n; i++)
        for (size_t k = 0; k < i; k++)
            if (np_str_eq(c->ChildHealthChecks.v[i], c->ChildHealthChecks.v[k]))
                return wrong(err, "A child health check is there twice.");
    return 0;
}

static int check_path(struct np_str path, struct np_err *err)
{
    for (size_t i = 0; i < path.n; i++)
        if ((uint8_t)path.p[i] <= ' ' || (uint8_t)path.p[i] >= 127)
            return wrong(err, "ResourcePath has characters that no URL has.");
    return 0;
}

static int check_name(struct np_str name, struct np_err *err)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
        if (!ok)
            return wrong(err, "FullyQualifiedDomainName is not a domain name.");
    }
    return 0;
}

static int check_regions(const struct route53_HealthCheckConfig *c, struct np_err *err)
{
    if (c->Regions.n != 0 && c->Regions.n < REGIONS_MIN)
        return wrong(err, "At least three regions must be specified.");
    for (size_t i = 0; i < c->Regions.n; i++)
        for (size_t k = 0; k < i; k++)
            if (np_str_eq(c->Regions.v[i], c->Regions.v[k]))
                return wrong(err, "A region is there twice.");
    return 0;
}

static int check_endpoint(const struct route53_HealthCheckConfig *c, struct np_err *err)
{
    bool tcp = route53_config_is_tcp(c);
    if (c->ChildHealthChecks.n != 0 || c->HealthThreshold.set)
        return wrong(err, "Only calculated health checks have children.");
    if (c->IPAddress.n == 0 && c->FullyQualifiedDomainName.n == 0)
        return wrong(err, "Either IPAddress or FullyQualifiedDomainName must be specified.");
    if (tcp && !c->Port.set)
        return wrong(err, "Port is missing: health checks of the type TCP need one.");
    if (tcp && c->ResourcePath.n != 0)
        return wrong(err, "ResourcePath is not for health checks of the type TCP.");
    if (matches_text(c) != (c->SearchString.n != 0))
        return wrong(err, "SearchString belongs to HTTP_STR_MATCH and HTTPS_STR_MATCH, which need "
                          "it.");
    if (c->RequestInterval.v != INTERVAL_FAST && c->RequestInterval.v != INTERVAL_DEFAULT)
        return wrong(err, "RequestInterval is 10 or 30 seconds.");
    if (c->EnableSNI.v && !route53_config_is_https(c))
        return wrong(err, "EnableSNI is for HTTPS.");
    int rc = check_path(c->ResourcePath, err);
    rc = rc != 0 ? rc : check_name(c->FullyQualifiedDomainName, err);
    return rc != 0 ? rc : check_regions(c, err);
}

int route53_config_check(const struct route53_HealthCheckConfig *c, struct np_err *err)
{
    if (is(c, "CLOUDWATCH_METRIC"))
        return wrong(err, "health checks of CloudWatch alarms are refused: this region has no "
                          "CloudWatch.");
    if (is(c, "RECOVERY_CONTROL"))
        return wrong(err, "health checks of routing controls are refused: this region has no "
                          "Application Recovery Controller.");
    return is_calculated(c) ? check_calculated(c, err) : check_endpoint(c, err);
}

/* --- updates --- */

static void update_str(struct np_str *to, struct np_str from)
{
    if (from.p != NULL)
        *to = from;
}

static void update_int(struct np_opt_int *to, struct np_opt_int from)
{
    if (from.set)
        *to = from;
}

static void update_bool(struct np_opt_bool *to, struct np_opt_bool from)
{
    if (from.set)
        *to = from;
}

static void reset(struct route53_HealthCheckConfig *c, struct np_str element)
{
    if (np_str_is(element, "FullyQualifiedDomainName"))
        c->FullyQualifiedDomainName = NP_STR_NULL;
    else if (np_str_is(element, "ResourcePath"))
        c->ResourcePath = NP_STR_NULL;
    else if (np_str_is(element, "Regions"))
        c->Regions.n = 0, c->Regions.set = false;
    else if (np_str_is(element, "ChildHealthChecks"))
        c->ChildHealthChecks.n = 0, c->ChildHealthChecks.set = false;
}

void route53_config_update(struct route53_HealthCheckConfig *c,
                           const struct route53_UpdateHealthCheckRequest *in)
{
    for (size_t i = 0; i < in->ResetElements.n; i++)
        reset(c, in->ResetElements.v[i]);
    update_str(&c->IPAddress, in->IPAddress);
    update_str(&c->ResourcePath, in->ResourcePath);
    update_str(&c->FullyQualifiedDomainName, in->FullyQualifiedDomainName);
    update_str(&c->SearchString, in->SearchString);
    update_int(&c->Port, in->Port);
    update_int(&c->FailureThreshold, in->FailureThreshold);
    update_int(&c->HealthThreshold, in->HealthThreshold);
    update_bool(&c->Inverted, in->Inverted);
    update_bool(&c->Disabled, in->Disabled);
    update_bool(&c->EnableSNI, in->EnableSNI);
    if (in->ChildHealthChecks.n != 0)
        c->ChildHealthChecks = in->ChildHealthChecks;
    if (in->Regions.n != 0)
        c->Regions = in->Regions;
}
