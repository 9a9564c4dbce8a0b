# SPDX-License-Identifier: Apache-2.0
"""What the side-by-side benchmarks share; README.md has the method."""
