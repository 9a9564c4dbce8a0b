# SPDX-License-Identifier: Apache-2.0
"""Drills: faults in a running region. Each drill has a region of its own."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
