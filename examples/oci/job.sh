#!/bin/sh
# SPDX-License-Identifier: MIT
# The work of the container, and what it should not do.
cd "$(dirname "$0")/.." || exit 1
sort -n data/numbers >reports/sorted
cat private/key >reports/stolen
echo planted >private/planted
