#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# noise.sh - how noisy this machine is: nginx against itself (and haproxy where it is there), the same two cases
# 10 times. The ratios of the candidate to nginx should be 1.
here=$(cd "$(dirname "$0")" && pwd)
export ROUNDS=${ROUNDS:-10} RETRY=${RETRY:-0} WORKERS=1 CAND_CMD="$here/aa-nginx.sh"
CASES=http-1k "$here/lb.py" "$@"
PEERS=nginx CASES=hit-1k "$here/cdn.py" "$@"
