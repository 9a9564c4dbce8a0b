# SPDX-License-Identifier: Apache-2.0
"""Documents of CloudFront as tests send them, and distributions that go with their test."""
import itertools

import botocore.exceptions

numbers = itertools.count(1)
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"


def s3_origin(bucket, id="site", oac="", **more):
    return {"Id": id, "DomainName": f"{bucket}.s3.us-east-1.amazonaws.com", "OriginAccessControlId": oac,
            "S3OriginConfig": {"OriginAccessIdentity": ""}, **more}


def custom_origin(name, port, id="web", **more):
    custom = {"HTTPPort": port, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only", **more.pop("custom", {})}
    return {"Id": id, "DomainName": name, "CustomOriginConfig": custom, **more}


def behavior(origin, policy=CACHING_OPTIMIZED, **more):
    return {"TargetOriginId": origin, "ViewerProtocolPolicy": "allow-all", "CachePolicyId": policy, "Compress": True,
            **more}


def items(*what):
    return {"Quantity": len(what), "Items": list(what)} if what else {"Quantity": 0}


def config(*origins, **more):
    default = more.pop("default", None) or behavior(origins[0]["Id"])
    return {"CallerReference": f"test-{next(numbers)}", "Comment": "", "Enabled": True, "Origins": items(*origins),
            "DefaultCacheBehavior": default, **more}


def code(call, *args, **kwargs):
    """The error that a call answers with: its code."""
    try:
        call(*args, **kwargs)
    except botocore.exceptions.ClientError as e:
        return e.response["Error"]["Code"]
    return None


def update(cloudfront, id, **changes):
    got = cloudfront.get_distribution_config(Id=id)
    new = {**got["DistributionConfig"], **changes}
    return cloudfront.update_distribution(Id=id, IfMatch=got["ETag"], DistributionConfig=new)


def remove(cloudfront, id):
    if cloudfront.get_distribution_config(Id=id)["DistributionConfig"]["Enabled"]:
        update(cloudfront, id, Enabled=False)
    cloudfront.delete_distribution(Id=id, IfMatch=cloudfront.get_distribution(Id=id)["ETag"])
