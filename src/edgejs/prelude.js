// SPDX-License-Identifier: Apache-2.0
// prelude.js - what a viewer function finds beside the language, and what it does not find. Evaluated
// once in the globals of every call, before the function's code; the program calls what it returns.
//
// native.digest(algorithm, bytes, out) is all that is not JavaScript here.
(function (native, runtime) {
'use strict';
const { parse, stringify } = JSON;
const { apply, construct, ownKeys } = Reflect;
const { defineProperty, getPrototypeOf } = Object;
const StringOf = String, TypeErrorOf = TypeError, PromiseOf = Promise, Bytes = Uint8Array;
const then = Promise.prototype.then, fromCharCode = String.fromCharCode;
const encodeText = encodeURIComponent, decodeText = decodeURIComponent;
const LOGS_MAX = 10240;

function hide(target, name, value) {
    defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}

// --- no code out of text, no threads, no other globals ---

function refuse(what) {
    return function () { throw new TypeErrorOf(what + ' is not supported'); };
}
function refuseConstructor(prototype, what) {
    const no = refuse(what);
    no.prototype = prototype;
    hide(prototype, 'constructor', no);
    return no;
}
hide(globalThis, 'eval', refuse('eval()'));
hide(globalThis, 'Function', refuseConstructor(Function.prototype, 'the Function constructor'));
refuseConstructor(getPrototypeOf(async function () {}), 'the AsyncFunction constructor');
refuseConstructor(getPrototypeOf(function* () {}), 'the GeneratorFunction constructor');
refuseConstructor(getPrototypeOf(async function* () {}), 'the AsyncGeneratorFunction constructor');
for (const name of ['Atomics', 'SharedArrayBuffer', 'WebAssembly', 'ShadowRealm', 'WeakRef', 'FinalizationRegistry',
    'performance', '$vm'])
    if (name in globalThis)
        globalThis[name] = undefined; // to delete it would make all globals slow

// --- Date: the time stands still while a function runs ---

let clock = 0;
const RealDate = Date;
const StillDate = new Proxy(RealDate, {
    apply: () => new RealDate(clock).toString(),
    construct: (target, args, made) => construct(target, args.length === 0 ? [clock] : args, made),
    get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
});
function now() { return clock; }
hide(globalThis, 'Date', StillDate);
hide(RealDate.prototype, 'constructor', StillDate);

// --- console ---

const logs = [];
let logged = 0;
function show(value) {
    if (typeof value === 'string')
        return value;
    if (typeof value === 'object' && value !== null) {
        if (value instanceof Error)
            return StringOf(value);
        try {
            return stringify(value);
        } catch (e) {
            return StringOf(value);
        }
    }
    return StringOf(value);
}
function log(...args) {
    let line = '';
    for (let i = 0; i < args.length; i++)
        line += (i === 0 ? '' : ' ') + show(args[i]);
    line = line.slice(0, LOGS_MAX - logged);
    if (logged >= LOGS_MAX)
        return;
    logged += line.length + 1;
    logs[logs.length] = line;
}
const console = { log };
if (runtime >= 2)
    for (const name of ['debug', 'error', 'info', 'warn'])
        console[name] = log;
hide(globalThis, 'console', console);

// --- text and bytes ---

// Byte strings have a character for each byte.
function utf8(text) {
    let out = '';
    text = StringOf(text).toWellFormed();
    for (let i = 0; i < text.length; i++) {
        const c = text.codePointAt(i);
        if (c < 0x80) {
            out += text[i];
        } else if (c < 0x800) {
            out += fromCharCode(0xc0 | c >> 6, 0x80 | c & 63);
        } else if (c < 0x10000) {
            out += fromCharCode(0xe0 | c >> 12, 0x80 | c >> 6 & 63, 0x80 | c & 63);
        } else {
            out += fromCharCode(0xf0 | c >> 18, 0x80 | c >> 12 & 63, 0x80 | c >> 6 & 63, 0x80 | c & 63);
            i++;
        }
    }
    return out;
}

// Length of the character that starts at i and its code point; 0: it is none.
function utf8At(b, i) {
    const c = b.charCodeAt(i);
    const n = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
    if (n < 2)
        return [n, c];
    let point = c & (0xff >> (n + 1));
    for (let k = 1; k < n; k++) {
        const d = b.charCodeAt(i + k);
        if (!(d >= 0x80 && d < 0xc0))
            return [0, 0];
        point = point << 6 | d & 63;
    }
    const least = [0, 0, 0x80, 0x800, 0x10000][n];
    return point < least || point > 0x10ffff || (point >= 0xd800 && point < 0xe000) ? [0, 0] : [n, point];
}
// What is no UTF-8 becomes U+FFFD, or null if it is to be `strict`.
function fromUtf8(b, strict) {
    let out = '';
    for (let i = 0; i < b.length;) {
        const [n, point] = utf8At(b, i);
        if (n === 0 && strict)
            return null;
        out += n === 0 ? '\ufffd' : StringOf.fromCodePoint(point);
        i += n || 1;
    }
    return out;
}

const B64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
function toBase64(b, url) {
    let out = '';
    for (let i = 0; i < b.length; i += 3) {
        const left = b.length - i;
        const v = b.charCodeAt(i) << 16 | (left > 1 ? b.charCodeAt(i + 1) << 8 : 0) | (left > 2 ? b.charCodeAt(i + 2) : 0);
        out += B64[v >> 18] + B64[v >> 12 & 63] + (left > 1 ? B64[v >> 6 & 63] : url ? '' : '=') +
            (left > 2 ? B64[v & 63] : url ? '' : '=');
    }
    return url ? out.replaceAll('+', '-').replaceAll('/', '_') : out;
}
// Both alphabets; ends at the first '=', leaves out what is of neither, as Buffer does.
function fromBase64(text) {
    let out = '', bits = 0, n = 0;
    for (let i = 0; i < text.length && text[i] !== '='; i++) {
        const c = text[i] === '-' ? '+' : text[i] === '_' ? '/' : text[i];
        const v = B64.indexOf(c);
        if (v < 0)
            continue;
        bits = bits << 6 | v;
        n += 6;
        if (n >= 8) {
            n -= 8;
            out += fromCharCode(bits >> n & 255);
            bits &= (1 << n) - 1;
        }
    }
    return out;
}
function toHex(b) {
    let out = '';
    for (let i = 0; i < b.length; i++)
        out += (b.charCodeAt(i) + 256).toString(16).slice(1);
    return out;
}
function fromHex(text) {
    let out = '';
    for (let i = 0; i + 1 < text.length && /^[0-9a-f]{2}$/i.test(text.slice(i, i + 2)); i += 2)
        out += fromCharCode(parseInt(text.slice(i, i + 2), 16));
    return out;
}

function bytesOf(b) {
    const out = new Bytes(b.length);
    for (let i = 0; i < b.length; i++)
        out[i] = b.charCodeAt(i);
    return out;
}
function stringOf(bytes) {
    let out = '';
    for (let i = 0; i < bytes.length; i += 4096)
        out += apply(fromCharCode, null, bytes.subarray(i, i + 4096));
    return out;
}

function encodingName(encoding) {
    const name = encoding === undefined ? 'utf8' : StringOf(encoding).toLowerCase();
    return name === 'utf-8' ? 'utf8' : name;
}
function decode(text, encoding) { // a byte string
    switch (encodingName(encoding)) {
    case 'utf8': return utf8(text);
    case 'hex': return fromHex(text);
    case 'base64': case 'base64url': return fromBase64(text);
    case 'latin1': case 'binary': case 'ascii': return stringOf(bytesOf(text));
    }
    throw new TypeErrorOf('Unknown encoding: "' + encoding + '"');
}
function encode(b, encoding) {
    switch (encodingName(encoding)) {
    case 'utf8': return fromUtf8(b);
    case 'hex': return toHex(b);
    case 'base64': return toBase64(b);
    case 'base64url': return toBase64(b, true);
    case 'latin1': case 'binary': return b;
    case 'ascii': return stringOf(bytesOf(b).map((c) => c & 127));
    }
    throw new TypeErrorOf('Unknown encoding: "' + encoding + '"');
}

// --- Buffer (2.0) ---

function makeBuffer() {
    class Buffer extends Uint8Array {
        static from(value, second, third) {
            if (typeof value === 'string')
                return Buffer.#of(decode(value, second));
            if (value instanceof ArrayBuffer)
                return new Buffer(value, second, third);
            if (value !== null && typeof value === 'object' && value.type === 'Buffer' && Array.isArray(value.data))
                return Buffer.from(value.data);
            if (value === null || typeof value !== 'object')
                throw new TypeErrorOf('first argument is not a string or Buffer-like object');
            const out = new Buffer(value.length >>> 0);
            for (let i = 0; i < out.length; i++)
                out[i] = value[i];
            return out;
        }
        static #of(b) {
            const out = new Buffer(b.length);
            for (let i = 0; i < b.length; i++)
                out[i] = b.charCodeAt(i);
            return out;
        }
        static alloc(size, fill, encoding) {
            const out = new Buffer(size);
            return fill === undefined ? out : out.fill(fill, encoding);
        }
        static allocUnsafe(size) { return new Buffer(size); }
        static byteLength(value, encoding) {
            return typeof value === 'string' ? decode(value, encoding).length : value.byteLength;
        }
        static compare(a, b) {
            for (let i = 0; i < a.length && i < b.length; i++)
                if (a[i] !== b[i])
                    return a[i] < b[i] ? -1 : 1;
            return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
        }
        static concat(list, length) {
            let n = 0;
            for (const part of list)
                n += part.length;
            const out = new Buffer(length === undefined ? n : length);
            let at = 0;
            for (const part of list) {
                const fits = part.subarray(0, out.length - at);
                out.set(fits, at);
                at += fits.length;
            }
            return out;
        }
        static isBuffer(value) { return value instanceof Buffer; }
        static isEncoding(name) {
            return ['utf8', 'hex', 'base64', 'base64url', 'latin1', 'binary', 'ascii'].includes(encodingName(name));
        }
        compare(other, from = 0, to = other.length, start = 0, end = this.length) {
            return Buffer.compare(this.subarray(start, end), other.subarray(from, to));
        }
        equals(other) { return Buffer.compare(this, other) === 0; }
        copy(target, at = 0, start = 0, end = this.length) {
            const part = this.subarray(start, end).subarray(0, Math.max(0, target.length - at));
            target.set(part, at);
            return part.length;
        }
        fill(value, ...rest) {
            if (typeof value === 'number')
                return super.fill(value, ...rest);
            const encoding = typeof rest[rest.length - 1] === 'string' ? rest.pop() : undefined;
            const what = typeof value === 'string' ? Buffer.#of(decode(value, encoding)) : value;
            const [start = 0, end = this.length] = rest;
            for (let i = start; i < end && what.length !== 0; i++)
                this[i] = what[(i - start) % what.length];
            return this;
        }
        #find(value, from, encoding, last) {
            if (typeof value === 'number')
                return stringOf(this)[last ? 'lastIndexOf' : 'indexOf'](fromCharCode(value & 255), from);
            const what = typeof value === 'string' ? decode(value, encoding) : stringOf(value);
            return stringOf(this)[last ? 'lastIndexOf' : 'indexOf'](what, from);
        }
        indexOf(value, from, encoding) { return this.#find(value, from, encoding, false); }
        lastIndexOf(value, from = this.length, encoding) { return this.#find(value, from, encoding, true); }
        includes(value, from, encoding) { return this.indexOf(value, from, encoding) >= 0; }
        slice(start, end) { return this.subarray(start, end); }
        #swap(size) {
            if (this.length % size !== 0)
                throw new RangeError('Buffer size must be a multiple of ' + size * 8 + '-bits');
            for (let i = 0; i < this.length; i += size)
                this.subarray(i, i + size).reverse();
            return this;
        }
        swap16() { return this.#swap(2); }
        swap32() { return this.#swap(4); }
        swap64() { return this.#swap(8); }
        toJSON() { return { type: 'Buffer', data: Array.from(this) }; }
        toString(encoding, start = 0, end = this.length) { return encode(stringOf(this.subarray(start, end)), encoding); }
        write(text, ...rest) {
            const encoding = typeof rest[rest.length - 1] === 'string' ? rest.pop() : undefined;
            const [at = 0, length = this.length - at] = rest;
            const b = decode(text, encoding).slice(0, Math.min(length, this.length - at));
            this.set(bytesOf(b), at);
            return b.length;
        }
        get #view() { return new DataView(this.buffer, this.byteOffset, this.byteLength); }
        static {
            const numbers = { Int8: 1, UInt8: 1, Int16: 2, UInt16: 2, Int32: 4, UInt32: 4, Float: 4, Double: 8 };
            const viewName = (name) => name.replace('UI', 'Ui').replace('Float', 'Float32').replace('Double', 'Float64');
            for (const [name, size] of Object.entries(numbers))
                for (const order of size === 1 ? [''] : ['LE', 'BE']) {
                    const method = viewName(name);
                    hide(this.prototype, 'read' + name + order, function (at = 0) {
                        return this.#view['get' + method](at, order === 'LE');
                    });
                    hide(this.prototype, 'write' + name + order, function (value, at = 0) {
                        this.#view['set' + method](at, value, order === 'LE');
                        return at + size;
                    });
                }
            for (const order of ['LE', 'BE']) {
                const read = function (at, n, signed) {
                    let v = 0;
                    for (let i = 0; i < n; i++)
                        v = v * 256 + this[order === 'BE' ? at + i : at + n - 1 - i];
                    return signed && v >= 2 ** (8 * n - 1) ? v - 2 ** (8 * n) : v;
                };
                const write = function (value, at, n) {
                    let v = value < 0 ? value + 2 ** (8 * n) : value;
                    for (let i = 0; i < n; i++, v = Math.floor(v / 256))
                        this[order === 'LE' ? at + i : at + n - 1 - i] = v % 256;
                    return at + n;
                };
                hide(this.prototype, 'readUInt' + order, function (at, n) { return apply(read, this, [at, n, false]); });
                hide(this.prototype, 'readInt' + order, function (at, n) { return apply(read, this, [at, n, true]); });
                hide(this.prototype, 'writeUInt' + order, write);
                hide(this.prototype, 'writeInt' + order, write);
            }
        }
    }
    return Buffer;
}

function lazily(target, name, make) {
    defineProperty(target, name, {
        configurable: true,
        enumerable: false,
        get() {
            hide(target, name, make());
            return target[name];
        },
        set(value) { hide(target, name, value); },
    });
}
let BufferOf;
const buffer = () => BufferOf || (BufferOf = makeBuffer());
if (runtime >= 2) {
    lazily(globalThis, 'Buffer', buffer);
    hide(globalThis, 'atob', function atob(text) {
        text = StringOf(text).replace(/[\t\n\f\r ]/g, '');
        if (text.length % 4 === 0)
            text = text.replace(/==?$/, '');
        if (text.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(text))
            throw new TypeErrorOf('invalid character');
        return fromBase64(text);
    });
    hide(globalThis, 'btoa', function btoa(text) {
        text = StringOf(text);
        if (/[^\0-\xff]/.test(text))
            throw new TypeErrorOf('invalid character (>= U+00FF)');
        return toBase64(text);
    });
} else {
    // The non-standard methods of 1.0.
    const part = (text, start, end) => StringOf(text).slice(start, end);
    hide(String, 'bytesFrom', function bytesFrom(value, encoding) {
        if (typeof value === 'string')
            return decode(value, encoding);
        return stringOf(Bytes.from(value));
    });
    hide(String.prototype, 'bytesFrom', String.bytesFrom);
    hide(String.prototype, 'fromBytes', function fromBytes(start, end) { return part(this, start, end); });
    hide(String.prototype, 'fromUTF8', function fromUTF8(start, end) { return fromUtf8(part(this, start, end), true); });
    hide(String.prototype, 'toBytes', function toBytes(start, end) {
        const text = part(this, start, end);
        return /[^\0-\xff]/.test(text) ? null : text;
    });
    hide(String.prototype, 'toUTF8', function toUTF8(start, end) { return utf8(part(this, start, end)); });
}

// --- crypto ---

function makeCrypto() {
    const sizes = { md5: 16, sha1: 20, sha256: 32 };
    function input(data, encoding) {
        if (typeof data === 'string')
            return bytesOf(decode(data, encoding));
        if (ArrayBuffer.isView(data))
            return new Bytes(data.buffer, data.byteOffset, data.byteLength);
        if (data instanceof ArrayBuffer)
            return new Bytes(data);
        throw new TypeErrorOf('data is not a string or Buffer-like object');
    }
    function join(parts) {
        let n = 0;
        for (const p of parts)
            n += p.length;
        const out = new Bytes(n);
        n = 0;
        for (const p of parts) {
            out.set(p, n);
            n += p.length;
        }
        return out;
    }
    function digestOf(algorithm, parts) {
        const out = new Bytes(sizes[algorithm]);
        native.digest(algorithm, join(parts), out);
        return out;
    }
    function checked(algorithm) {
        if (!Object.hasOwn(sizes, algorithm))
            throw new TypeErrorOf('not supported algorithm: "' + algorithm + '"');
        return algorithm;
    }
    class Digest {
        #algorithm; #parts; #finish; #done = false;
        constructor(algorithm, first, finish) {
            this.#algorithm = algorithm;
            this.#parts = first;
            this.#finish = finish;
        }
        update(data, encoding) {
            if (this.#done)
                throw new Error('Digest already called');
            this.#parts.push(input(data, encoding).slice());
            return this;
        }
        digest(encoding) {
            if (this.#done)
                throw new Error('Digest already called');
            this.#done = true;
            const bytes = this.#finish(digestOf(this.#algorithm, this.#parts));
            if (encoding !== undefined) {
                if (!['hex', 'base64', 'base64url'].includes(encoding))
                    throw new TypeErrorOf('Unknown digest encoding: "' + encoding + '"');
                return encode(stringOf(bytes), encoding);
            }
            return runtime >= 2 ? buffer().from(bytes) : stringOf(bytes);
        }
    }
    return {
        createHash(algorithm) { return new Digest(checked(algorithm), [], (bytes) => bytes); },
        createHmac(algorithm, key) {
            checked(algorithm);
            let k = input(key);
            if (k.length > 64)
                k = digestOf(algorithm, [k]);
            const inner = new Bytes(64).fill(0x36), outer = new Bytes(64).fill(0x5c);
            for (let i = 0; i < k.length; i++) {
                inner[i] ^= k[i];
                outer[i] ^= k[i];
            }
            return new Digest(algorithm, [inner], (bytes) => digestOf(algorithm, [outer, bytes]));
        },
    };
}

// --- querystring ---

function makeQueryString() {
    function escape(text) { return encodeText(StringOf(text).toWellFormed()); }
    function unescape(text) {
        try {
            return decodeText(text);
        } catch (e) {
            return fromUtf8(StringOf(text).replace(/[^\0-\x7f]+/g, utf8)
                .replace(/%([0-9a-f]{2})/gi, (all, hex) => fromCharCode(parseInt(hex, 16))));
        }
    }
    function parseQuery(text, separator, equal, options) {
        const out = {};
        separator = separator || '&';
        equal = equal || '=';
        const { decodeURIComponent: decoder = module.unescape, maxKeys = 1000 } = options || {};
        const parts = text === '' || typeof text !== 'string' ? [] : text.split(separator);
        const n = maxKeys > 0 ? Math.min(maxKeys, parts.length) : parts.length;
        for (let i = 0; i < n; i++) {
            if (parts[i] === '')
                continue;
            const at = parts[i].indexOf(equal);
            const clean = (s) => decoder(s.replaceAll('+', ' '));
            const name = clean(at < 0 ? parts[i] : parts[i].slice(0, at));
            const value = at < 0 ? '' : clean(parts[i].slice(at + equal.length));
            if (!Object.hasOwn(out, name))
                defineProperty(out, name, { value, writable: true, configurable: true, enumerable: true });
            else if (Array.isArray(out[name]))
                out[name].push(value);
            else
                out[name] = [out[name], value];
        }
        return out;
    }
    function stringifyQuery(object, separator, equal, options) {
        separator = separator || '&';
        equal = equal || '=';
        const { encodeURIComponent: encoder = module.escape } = options || {};
        const text = (v) => (['string', 'number', 'bigint', 'boolean'].includes(typeof v) ? encoder(StringOf(v)) : '');
        const out = [];
        if (object === null || typeof object !== 'object')
            return '';
        for (const [name, value] of Object.entries(object))
            for (const one of Array.isArray(value) ? value : [value])
                out.push(encoder(name) + equal + text(one));
        return out.join(separator);
    }
    const module = { escape, unescape, parse: parseQuery, decode: parseQuery, stringify: stringifyQuery,
        encode: stringifyQuery };
    return module;
}

const modules = { crypto: makeCrypto, querystring: makeQueryString };
if (runtime >= 2)
    modules.buffer = () => ({ Buffer: buffer() });
const made = {};
hide(globalThis, 'require', function require(name) {
    if (name === 'cloudfront')
        throw new TypeErrorOf('the module "cloudfront" is not served here: no key-value stores, no change of origins');
    if (typeof name !== 'string' || !Object.hasOwn(modules, name))
        throw new TypeErrorOf('Cannot load module "' + StringOf(name) + '"');
    return made[name] || (made[name] = modules[name]());
});

// --- a call ---

const outcome = { state: 'running', text: '' };
function give(value) {
    try {
        const text = stringify(value);
        outcome.text = text === undefined ? '' : text;
        outcome.state = 'done';
    } catch (e) {
        fail(e);
    }
}
function fail(error) {
    outcome.state = 'failed';
    try {
        outcome.text = StringOf(error);
    } catch (e) {
        outcome.text = 'the error has no text';
    }
}
return {
    begin(ms) { clock = ms; },
    run(handler, event) {
        try {
            if (typeof handler !== 'function')
                throw new TypeErrorOf('there is no function "handler"');
            const value = handler(parse(event));
            if (runtime >= 2 && value instanceof PromiseOf)
                apply(then, value, [give, fail]);
            else
                give(value);
        } catch (e) {
            fail(e);
        }
    },
    fail,
    // After all promises have had their turn.
    finish() {
        if (outcome.state === 'running')
            fail(new TypeErrorOf('the promise of the handler is never settled'));
        return [outcome.state === 'done', outcome.text, stringify(logs)];
    },
};
})
