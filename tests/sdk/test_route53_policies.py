# SPDX-License-Identifier: Apache-2.0
"""Routing policies on the wire, by EDNS client subnet where clients are, and what TestDNSAnswer says of them."""
import os

import pytest
from region import Region, wait_for
from route53_util import Zone, a, dig, fails, status

# Networks of documentation, put where the tests want them.
PLACES = """\
198.51.100.0/24 DE
203.0.113.0/24 US-CA
192.0.2.0/24 JP
240.0.0.0/24 -
"""


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    data = tmp_path_factory.mktemp("places") / "data"
    os.mkdir(data, 0o700)
    (data / "places").write_text(PLACES)
    with Region(data=str(data), dev=True) as r:
        yield r


@pytest.fixture
def r53(region):
    return region.client("route53")


@pytest.fixture
def zone(r53, unique):
    z = Zone(r53, unique("policy") + ".test")
    yield z
    z.remove()


DE, US, JP, NOWHERE = "198.51.100.0/24", "203.0.113.0/24", "192.0.2.0/24", "240.0.0.0/24"


def at(region, zone, subnet, name="x."):
    return dig(region, name + zone.name, "A", f"+subnet={subnet}")


def ready(region, zone):
    """The table of places is read when the first record asks for it."""
    wait_for(lambda: status(region, "x." + zone.name, "A", f"+subnet={DE}") == "NOERROR", what="the places")


def test_weighted(region, r53, zone):
    x = "x." + zone.name
    zone.put(a(x, "192.0.2.1", SetIdentifier="a", Weight=255), a(x, "192.0.2.2", SetIdentifier="b", Weight=0))
    assert {dig(region, x)[0] for _ in range(20)} == {"192.0.2.1"}
    zone.put(a(x, "192.0.2.2", SetIdentifier="b", Weight=255))
    seen = [dig(region, x)[0] for _ in range(40)]
    assert 0 < seen.count("192.0.2.1") < 40
    zone.put(a(x, "192.0.2.1", SetIdentifier="a", Weight=0))
    zone.put(a(x, "192.0.2.2", SetIdentifier="b", Weight=0))
    wait_for(lambda: dig(region, x) == ["192.0.2.1"], what="any of those without weight")


def test_multivalue(region, zone):
    x = "x." + zone.name
    zone.put(*[a(x, f"192.0.2.{i}", SetIdentifier=f"s{i}", MultiValueAnswer=True) for i in range(12)])
    assert len(dig(region, x)) == 8
    seen = set()
    wait_for(lambda: seen.update(dig(region, x)) or len(seen) == 12, what="each of them now and then")


def test_latency(region, zone):
    x = "x." + zone.name
    zone.put(a(x, "10.0.0.1", SetIdentifier="us", Region="us-west-2"),
             a(x, "10.0.0.2", SetIdentifier="eu", Region="eu-central-1"),
             a(x, "10.0.0.3", SetIdentifier="jp", Region="ap-northeast-1"))
    ready(region, zone)
    assert at(region, zone, US) == ["10.0.0.1"]
    assert at(region, zone, DE) == ["10.0.0.2"]
    assert at(region, zone, JP) == ["10.0.0.3"]


def test_geolocation(region, r53, zone):
    x = "x." + zone.name
    zone.put(a(x, "10.0.0.1", SetIdentifier="default", GeoLocation={"CountryCode": "*"}),
             a(x, "10.0.0.2", SetIdentifier="eu", GeoLocation={"ContinentCode": "EU"}),
             a(x, "10.0.0.3", SetIdentifier="us", GeoLocation={"CountryCode": "US"}),
             a(x, "10.0.0.4", SetIdentifier="ca", GeoLocation={"CountryCode": "US", "SubdivisionCode": "CA"}))
    ready(region, zone)
    assert at(region, zone, DE) == ["10.0.0.2"]
    assert at(region, zone, US) == ["10.0.0.4"]
    assert at(region, zone, JP) == ["10.0.0.1"]
    assert at(region, zone, NOWHERE) == ["10.0.0.1"]
    zone.change(("DELETE", a(x, "10.0.0.4", SetIdentifier="ca",
                             GeoLocation={"CountryCode": "US", "SubdivisionCode": "CA"})))
    assert at(region, zone, US) == ["10.0.0.3"]

    def answer(**more):
        return r53.test_dns_answer(HostedZoneId=zone.id, RecordName=x, RecordType="A", **more)["RecordData"]

    assert answer(ResolverIP="198.51.100.7") == ["10.0.0.2"]
    assert answer(ResolverIP="198.51.100.7", EDNS0ClientSubnetIP="203.0.113.7") == ["10.0.0.3"]
    assert answer(EDNS0ClientSubnetIP="203.0.113.7", EDNS0ClientSubnetMask="32") == ["10.0.0.3"]


def test_no_default_place_is_no_answer(region, zone):
    zone.put(a("x." + zone.name, "10.0.0.2", SetIdentifier="eu", GeoLocation={"ContinentCode": "EU"}))
    ready(region, zone)
    assert at(region, zone, DE) == ["10.0.0.2"]
    assert at(region, zone, JP) == []


@pytest.mark.parametrize("where", [{"ContinentCode": "XX"}, {"CountryCode": "XX"}, {"SubdivisionCode": "CA"},
                                   {"CountryCode": "DE", "SubdivisionCode": "BY"},
                                   {"ContinentCode": "EU", "CountryCode": "DE"}])
def test_places_that_are_none(zone, where):
    r = a("x." + zone.name, "10.0.0.1", SetIdentifier="a", GeoLocation=where)
    assert fails(zone.client.change_resource_record_sets, HostedZoneId=zone.id, ChangeBatch={
        "Changes": [{"Action": "CREATE", "ResourceRecordSet": r}]})[0] == "InvalidInput"


def test_what_is_asked_of_answers(r53, zone):
    zone.put(a("x." + zone.name, "10.0.0.1"))

    def ask(**more):
        return {"HostedZoneId": zone.id, "RecordName": "x." + zone.name, "RecordType": "A", **more}

    got = r53.test_dns_answer(**ask())
    assert got["Nameserver"] in zone.made["DelegationSet"]["NameServers"]
    assert (got["ResponseCode"], got["RecordData"], got["Protocol"]) == ("NOERROR", ["10.0.0.1"], "UDP")
    assert r53.test_dns_answer(**ask(RecordName="y." + zone.name))["ResponseCode"] == "NXDOMAIN"
    assert fails(r53.test_dns_answer, **ask(HostedZoneId="Z1"))[0] == "NoSuchHostedZone"
    assert fails(r53.test_dns_answer, **ask(EDNS0ClientSubnetIP="10.0.0.1", EDNS0ClientSubnetMask="33"))[0] == (
        "InvalidInput")


# --- the list of places ---

def test_geo_locations(r53):
    page = r53.list_geo_locations()
    first = [p.get("ContinentCode") for p in page["GeoLocationDetailsList"][:7]]
    assert first == ["AF", "AN", "AS", "EU", "NA", "OC", "SA"]
    assert page["GeoLocationDetailsList"][7] == {"CountryCode": "*", "CountryName": "Default"}
    seen = page["GeoLocationDetailsList"]
    while page["IsTruncated"]:
        page = r53.list_geo_locations(**{"Start" + k[4:]: v for k, v in page.items() if k.startswith("Next")})
        seen += page["GeoLocationDetailsList"]
    assert {"ContinentCode": "EU", "ContinentName": "Europe", "CountryCode": "DE", "CountryName": "Germany"} in seen
    assert {"CountryCode": "US", "CountryName": "United States", "SubdivisionCode": "CA",
            "SubdivisionName": "California"} in seen
    assert len(seen) == len({str(p) for p in seen}) > 300


def test_one_geo_location(r53):
    assert r53.get_geo_location(CountryCode="US", SubdivisionCode="NY")["GeoLocationDetails"][
        "SubdivisionName"] == "New York"
    assert fails(r53.get_geo_location, CountryCode="XX")[0] == "NoSuchGeoLocation"
    assert fails(r53.get_geo_location)[0] == "InvalidInput"
