# SPDX-License-Identifier: Apache-2.0
"""The stock Terraform AWS provider: where it is, and one process of it for all steps of a case.

Loading the provider is most of a step's time: started once with -debug it serves every terraform command that is
told where, by TF_REATTACH_PROVIDERS.
"""
import json
import os
import re
import select
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VERSION = "5.100.0"
CONFIGURATION = f"""terraform {{
  required_providers {{
    aws = {{
      source  = "hashicorp/aws"
      version = "{VERSION}"
    }}
  }}
}}

provider "aws" {{}}
"""
START_SECONDS = 120


def shared_folder():
    """Where a mirror of providers may be named: beside the repository."""
    common = subprocess.run(["git", "rev-parse", "--path-format=absolute", "--git-common-dir"], cwd=ROOT,
                            capture_output=True, text=True, check=False).stdout.strip()
    for top in (ROOT, os.path.dirname(common)):
        folder = os.path.join(os.path.dirname(top), "shared")
        if top and os.path.isdir(folder):
            return folder
    return None


def terraform_env():
    """Variables that make `terraform init` take the provider from a mirror, where there is one."""
    tool = os.path.join(shared_folder() or "", "tools", "terraform-env")
    env = {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", "TF_INPUT": "0"}
    if os.path.exists(tool):
        shown = subprocess.run(["bash", "-c", f'eval "$({tool})"; env -0'], capture_output=True, check=True).stdout
        for pair in shown.decode().split("\0"):
            name, _, value = pair.partition("=")
            if name.startswith("TF_"):
                env[name] = value
    return env


class Missing(Exception):
    """The provider is not to be had; why."""


class Provider:
    """What `terraform init` finds. Its folder is kept while it is used: the program lies in it."""

    def __init__(self):
        self.env = terraform_env()
        self.home = tempfile.TemporaryDirectory(prefix="nephele-tf-")
        with open(os.path.join(self.home.name, "main.tf"), "w", encoding="utf-8") as f:
            f.write(CONFIGURATION)
        done = self.terraform("init", "-input=false")
        if done.returncode != 0:
            raise Missing(" ".join(done.stderr.split())[-300:])
        found = [os.path.join(folder, name) for folder, _, names in os.walk(self.home.name, followlinks=True)
                 for name in names if name.startswith("terraform-provider-aws")]
        self.program = found[0]

    def terraform(self, *args):
        return subprocess.run(["terraform", *args, "-no-color"], cwd=self.home.name, env={**os.environ, **self.env},
                              capture_output=True, text=True, timeout=300, check=False)

    def types(self, pattern):
        """Names of its (resources, data sources) that match."""
        schema = json.loads(self.terraform("providers", "schema", "-json").stdout)["provider_schemas"]
        one, = schema.values()
        return tuple(sorted(n for n in one[kind] if re.search(pattern, n))
                     for kind in ("resource_schemas", "data_source_schemas"))

    def close(self):
        self.home.cleanup()


class Attached:
    """A running provider. It reads AWS_* of its own environment and files of its own folder: each case has its own."""

    def __init__(self, provider, env, folder):
        self.process = subprocess.Popen([provider.program, "-debug"], env={**env, "TF_LOG": "off"}, cwd=folder,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.variables = {"TF_REATTACH_PROVIDERS": self.address()}

    def address(self):
        until, text = time.monotonic() + START_SECONDS, b""
        while time.monotonic() < until:
            ready, _, _ = select.select([self.process.stdout], [], [], 1)
            more = os.read(self.process.stdout.fileno(), 65536) if ready else None
            text += more or b""
            found = re.search(rb"TF_REATTACH_PROVIDERS='(.*)'", text)
            if found:
                return found.group(1).decode()
            if more == b"":
                break
        self.close()
        raise Missing(f"the provider did not start: {text[-500:]}")

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Unattached:
    """Terraform starts the provider by itself."""

    variables = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass
