# SPDX-License-Identifier: Apache-2.0
"""smithy.py - the subset of the Smithy 2.0 IDL that models/ is written in: parse, query, write.

Trait names are kept without "smithy.api#"; all others are absolute ("aws.protocols#restXml").
A trait without a value is {}. Comments above a shape or a member survive a rewrite.
"""

import json
import re

SIMPLE = ("blob", "boolean", "byte", "short", "integer", "long", "float", "double",
          "string", "timestamp", "document")
PRELUDE = {
    "Blob": "blob", "Boolean": "boolean", "Byte": "byte", "Short": "short", "Integer": "integer",
    "Long": "long", "Float": "float", "Double": "double", "String": "string",
    "Timestamp": "timestamp", "Document": "document", "PrimitiveBoolean": "boolean",
    "PrimitiveInteger": "integer", "PrimitiveLong": "long",
}
UNIT = "Unit"


class SmithyError(Exception):
    pass


class Member:
    def __init__(self, name, target, traits=None, comments=None):
        self.name = name
        self.target = target
        self.traits = traits if traits is not None else {}
        self.comments = comments or []


class Shape:
    """kind: a simple type, enum, intEnum, list, map, structure, union, operation or service."""

    def __init__(self, kind, name, traits=None, comments=None):
        self.kind = kind
        self.name = name
        self.traits = traits if traits is not None else {}
        self.members = {}   # name -> Member; of an enum: name -> its value
        self.props = {}     # of a service or an operation
        self.comments = comments or []


class Model:
    def __init__(self, namespace):
        self.namespace = namespace
        self.shapes = {}

    def add(self, shape):
        if shape.name in self.shapes:
            raise SmithyError(f"shape {shape.name} is defined twice")
        self.shapes[shape.name] = shape

    def of_kind(self, kind):
        return [s for s in self.shapes.values() if s.kind == kind]

    def service(self):
        found = self.of_kind("service")
        if len(found) != 1:
            raise SmithyError(f"{self.namespace}: {len(found)} services, one is wanted")
        return found[0]

    def target(self, name):
        """The shape that a member names, of the model or the prelude."""
        if name in self.shapes:
            return self.shapes[name]
        if name in PRELUDE:
            return Shape(PRELUDE[name], name)
        raise SmithyError(f"{self.namespace}: no shape {name}")


# --- reading ---

TOKEN = re.compile(r"""
    (?P<skip>[\s,]+)
  | (?P<comment>//[^\n]*)
  | (?P<block>\"\"\".*?\"\"\")
  | (?P<string>"(?:[^"\\]|\\.)*")
  | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<id>[A-Za-z_][\w.]*(?:\#[A-Za-z_]\w*)?(?:\$\w+)?)
  | (?P<punct>:=|[{}\[\]():=@$])
""", re.VERBOSE | re.DOTALL)


class Token:
    __slots__ = ("kind", "text", "line", "comments")

    def __init__(self, kind, text, line, comments):
        self.kind, self.text, self.line, self.comments = kind, text, line, comments


def tokenize(text, name):
    pos, line, out, comments = 0, 1, [], []
    while pos < len(text):
        m = TOKEN.match(text, pos)
        if m is None:
            raise SmithyError(f"{name}:{line}: cannot read {text[pos:pos + 20]!r}")
        if m.lastgroup == "comment":
            comments.append(m.group().rstrip())
        elif m.lastgroup != "skip":
            out.append(Token(m.lastgroup, m.group(), line, comments))
            comments = []
        line += m.group().count("\n")
        pos = m.end()
    out.append(Token("end", "", line, comments))
    return out


class Parser:
    def __init__(self, text, name):
        self.name = name
        self.tokens = tokenize(text, name)
        self.at = 0
        self.uses = {}

    def fail(self, what):
        t = self.tokens[self.at]
        raise SmithyError(f"{self.name}:{t.line}: {what}, not {t.text or 'the end'!r}")

    def peek(self, text=None, ahead=0):
        t = self.tokens[min(self.at + ahead, len(self.tokens) - 1)]
        return t.text == text and t.kind in ("punct", "id") if text is not None else t

    def next(self, kind=None):
        t = self.tokens[self.at]
        if kind is not None and t.kind != kind:
            self.fail(f"expected {kind}")
        self.at += 1
        return t

    def take(self, text):
        if not self.peek(text):
            return False
        self.at += 1
        return True

    def want(self, text):
        if not self.take(text):
            self.fail(f"expected {text!r}")

    def string(self):
        t = self.next()
        if t.kind == "block":
            return t.text[3:-3].lstrip("\n")
        if t.kind != "string":
            self.at -= 1
            self.fail("expected a string")
        return json.loads(t.text)

    def node(self):
        t = self.peek()
        if t.kind in ("string", "block"):
            return self.string()
        if t.kind == "number":
            self.at += 1
            return json.loads(t.text)
        if self.take("["):
            out = []
            while not self.take("]"):
                out.append(self.node())
            return out
        if self.take("{"):
            return self.object("}")
        if t.kind == "id":
            self.at += 1
            return {"true": True, "false": False, "null": None}.get(t.text, t.text)
        return self.fail("expected a value")

    def object(self, end):
        out = {}
        while not self.take(end):
            key = self.string() if self.peek().kind == "string" else self.next("id").text
            self.want(":")
            out[key] = self.node()
        return out

    def trait_name(self, name):
        if "#" not in name:
            name = self.uses.get(name, name)
        return name[len("smithy.api#"):] if name.startswith("smithy.api#") else name

    def trait(self, traits):
        name = self.trait_name(self.next("id").text)
        value = {}
        if self.take("("):
            if self.peek(")"):
                self.at += 1
            elif self.peek().kind in ("id", "string") and self.peek(":", 1):
                value = self.object(")")
            else:
                value = self.node()
                self.want(")")
        traits[name] = value

    def traits(self):
        """The traits and comments before a shape or a member."""
        out, comments = {}, list(self.peek().comments)
        while self.take("@"):
            self.trait(out)
            comments += self.peek().comments
        return out, comments

    def shape_id(self):
        return self.next("id").text.split("#")[-1]

    def members(self, shape):
        self.want("{")
        while not self.take("}"):
            traits, comments = self.traits()
            name = self.next("id").text
            if name in shape.members:
                raise SmithyError(f"{self.name}: {shape.name}.{name} is defined twice")
            if shape.kind in ("enum", "intEnum"):
                value = name
                if self.take("="):
                    value = self.node()
                shape.members[name] = value
                continue
            self.want(":")
            shape.members[name] = Member(name, self.shape_id(), traits, comments)
            if self.take("="):
                shape.members[name].traits["default"] = self.node()

    def props(self, shape):
        self.want("{")
        while not self.take("}"):
            name = self.next("id").text
            if self.peek(":="):
                self.fail("inline structures are not of the subset; expected ':'")
            self.want(":")
            value = self.node()
            if isinstance(value, list):
                value = [v.split("#")[-1] if isinstance(v, str) else v for v in value]
            shape.props[name] = value

    def shape(self, model, traits, comments):
        kind = self.next("id").text
        name = self.next("id").text
        shape = Shape(kind, name, traits, comments)
        if self.peek("with"):
            self.fail("mixins are not of the subset")
        if kind in ("service", "operation"):
            self.props(shape)
        elif kind in ("structure", "union", "list", "map", "enum", "intEnum"):
            self.members(shape)
        elif kind not in SIMPLE:
            raise SmithyError(f"{self.name}: {kind} {name}: unknown kind of shape")
        model.add(shape)

    def parse(self):
        model = Model(None)
        while self.peek().kind != "end":
            traits, comments = self.traits()
            if self.take("$"):
                self.next("id"), self.want(":"), self.node()
            elif self.take("metadata"):
                self.next(), self.want("="), self.node()
            elif self.take("namespace"):
                model.namespace = self.next("id").text
            elif self.take("use"):
                full = self.next("id").text
                self.uses[full.split("#")[1]] = full
            elif self.take("apply"):
                self.fail("apply is not of the subset")
            else:
                self.shape(model, traits, comments)
        return model


def load(path):
    with open(path, encoding="utf-8") as f:
        return Parser(f.read(), str(path)).parse()


# --- writing ---

def text_of(value):
    """A node value as IDL."""
    if isinstance(value, dict):
        return "{ " + fields_of(value) + " }" if value else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(text_of(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def fields_of(value):
    return ", ".join(f"{k}: {text_of(v)}" for k, v in value.items())


def trait_text(name, value):
    if value == {}:
        return "@" + name
    if isinstance(value, dict):
        return f"@{name}({fields_of(value)})"
    return f"@{name}({text_of(value)})"


def put_head(out, item, indent):
    out += [indent + c for c in item.comments]
    out += [indent + trait_text(n, v) for n, v in item.traits.items() if n != "default"]


def put_shape(out, shape):
    put_head(out, shape, "")
    head = f"{shape.kind} {shape.name}"
    if shape.kind in SIMPLE:
        out.append(head)
    elif shape.kind in ("service", "operation"):
        out.append(head + " {")
        for name, value in shape.props.items():
            if isinstance(value, list):
                out += [f"    {name}: ["] + [f"        {v}" for v in value] + ["    ]"]
            else:
                text = value if name in ("input", "output") else text_of(value)
                out.append(f"    {name}: {text}")
        out.append("}")
    elif not shape.members:
        out.append(head + " {}")
    elif shape.kind in ("enum", "intEnum"):
        out += [head + " {"] + [f"    {n} = {text_of(v)}" for n, v in shape.members.items()] + ["}"]
    else:
        out.append(head + " {")
        for i, m in enumerate(shape.members.values()):
            if i > 0 and (m.traits or m.comments):
                out.append("")
            put_head(out, m, "    ")
            default = f" = {text_of(m.traits['default'])}" if "default" in m.traits else ""
            out.append(f"    {m.name}: {m.target}{default}")
        out.append("}")
    out.append("")


def dump(model):
    """The file's text without its opening comment: service, operations, shapes, each by name."""
    out = ['$version: "2.0"', "", f"namespace {model.namespace}", ""]
    rank = {"service": 0, "operation": 1}
    for shape in sorted(model.shapes.values(), key=lambda s: (rank.get(s.kind, 2), s.name)):
        put_shape(out, shape)
    return "\n".join(out)


# --- questions ---

def reachable(model, roots):
    """Names of all shapes of the model that the roots lead to, the roots included."""
    seen, todo = set(), list(roots)
    while todo:
        name = todo.pop()
        if name in seen or name not in model.shapes:
            continue
        seen.add(name)
        shape = model.shapes[name]
        if shape.kind in ("enum", "intEnum"):
            continue
        todo += [m.target for m in shape.members.values()]
        todo += [shape.props[p] for p in ("input", "output") if p in shape.props]
        todo += shape.props.get("errors", []) + shape.props.get("operations", [])
    return seen


READ_NAMES = re.compile(r"(BatchGet|Decode|Describe|Filter|Get|Head|List|Lookup|Query|Scan|Search"
                        r"|Select|Simulate|Test)([A-Z]|$)")


def is_read(op):
    """An operation without apply: the own traits decide over readonly."""
    if "nephele#read" in op.traits:
        return True
    return "readonly" in op.traits and "nephele#write" not in op.traits
