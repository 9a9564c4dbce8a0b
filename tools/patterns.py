# SPDX-License-Identifier: Apache-2.0
"""patterns.py - regular expressions of the models, written for Java and ECMAScript, as PCRE2."""

import re

# Characters beyond 16 bits as a range of surrogate pairs, in both orders that models have.
PAIRS = re.compile(r"\\uD800\\u(?:DC00-\\uDBFF|DBFF-\\uDC00)\\uDFFF", re.IGNORECASE)
# \uXXXX; where models write \u10000 and \u10FFFF they mean five and six digits.
CODE = re.compile(r"\\u(10000|10FFFF|[0-9A-Fa-f]{4})")
JAVA_CLASSES = set("ASCII Alnum Alpha Blank Cntrl Digit Graph Lower Print Punct Space Upper XDigit"
                   .split())
TOKEN = re.compile(r"\\[pP]\{(\w+)\}|\\x\{\w+\}|\\.|\[\^?\]?|.", re.DOTALL)


def pcre(pattern):
    pattern = CODE.sub(r"\\x{\1}", PAIRS.sub(r"\\x{10000}-\\x{10FFFF}", pattern))
    out, inside, after_class = [], False, False
    for m in TOKEN.finditer(pattern):
        t, name = m.group(), m.group(1)
        if name in JAVA_CLASSES and t[1] == "p":
            t = f"[:{name.lower()}:]" if inside else f"[[:{name.lower()}:]]"
        elif inside and t == "-" and after_class and pattern[m.end()] != "]":
            t = r"\-"  # PCRE2 takes no range that begins with a class
        elif inside and t[0] == "[":
            t = "\\" + t
        elif not inside and t[0] == "[":
            inside = True
        elif inside and t == "]":
            inside = False
        after_class = inside and (name is not None or re.fullmatch(r"\\[wWdDsS]", t) is not None)
        out.append(t)
    return "".join(out)
