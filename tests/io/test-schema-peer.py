#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-schema-peer.py SCHEMA-VERDICT CATALOGUE CORPUS — our reading of JSON Schema against python3-jsonschema's.

Both judge the same documents: good passports, and each of them bent in every place in many ways."""
import copy
import json
import os
import random
import subprocess
import sys
import tempfile

import jsonschema

verdict, catalogue, corpus = sys.argv[1:4]
BENDS = [None, True, 0, 1, -1, 2, 5, 0.5, 1.0, 3601, 1e9, '', 'x', 'ж' * 300, 'GDP/1', [], {}, [1], [0, 1, 2], {'a': 1}, ['x', 'y']]


def documents():
    with open(os.path.join(corpus, 'full.json'), encoding='utf-8') as file:
        full = json.load(file)
    yield full
    yield {'format': 'gdp-passport', 'version': 1, 'sites': []}
    for path in list(places(full)):
        for bend in BENDS:
            yield bent(full, path, bend)
        yield bent(full, path, REMOVE)
        if isinstance(at(full, path), dict):
            yield bent(full, path + ['surprise'], 1)
            for word in 'baud', 'limits', 'alarm', 'range', 'host', 'contact', 'registration':
                yield bent(full, path + [word], {})
    for kind in 'inlet-pressure', 'door', 'output', 'analog', 'nothing', 'modem', 'modbus-tcp':
        for path in [p for p in places(full) if p and p[-1] == 'kind']:
            yield bent(full, path, kind)


REMOVE = object()


def places(value, path=()):
    yield list(path)
    for key, child in (value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()):
        yield from places(child, path + (key,))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def bent(value, path, bend):
    if not path:
        return bend if bend is not REMOVE else None
    value = copy.deepcopy(value)
    holder = at(value, path[:-1])
    if bend is REMOVE:
        del holder[path[-1]]
    else:
        holder[path[-1]] = bend
    return value


def ours(schema, texts):
    verdicts = []
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for i, text in enumerate(texts):
            files.append(f'{folder}/{i}.json')
            with open(files[-1], 'w', encoding='utf-8') as file:
                file.write(text)
        for start in range(0, len(files), 500):
            done = subprocess.run([verdict, schema, *files[start:start + 500]], capture_output=True, text=True, check=True)
            verdicts += done.stdout.splitlines()
    return verdicts


schema_file = os.path.join(catalogue, 'passport.schema.json')
with open(schema_file, encoding='utf-8') as file:
    schema = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
with open(os.path.join(catalogue, 'catalogue.schema.json'), encoding='utf-8') as file:
    jsonschema.Draft7Validator.check_schema(json.load(file))
texts = sorted({json.dumps(document, ensure_ascii=False) for document in documents()})
random.Random(7).shuffle(texts)
texts = texts[:4000]
peer = jsonschema.Draft7Validator(schema)
theirs = ['good' if peer.is_valid(json.loads(text)) else 'bad' for text in texts]
differing = [(text, mine, their) for text, mine, their in zip(texts, ours(schema_file, texts), theirs)
             if mine.split()[0] != their]
good = theirs.count('good')
print('1..3')
print(f'# {len(texts)} documents, {good} of them good')
for text, mine, their in differing[:5]:
    print(f'# ours: {mine[:200]}; theirs: {their}; document: {text[:3000]}')
print(f'{"not " if differing else ""}ok 1 - both judge every document alike')
print(f'{"not " if good < 50 or len(texts) - good < 500 else ""}ok 2 - there are good and bad ones among them')
registers = os.path.join(catalogue, 'profiles')
with open(os.path.join(catalogue, 'catalogue.schema.json'), encoding='utf-8') as file:
    definitions = json.load(file)['definitions']
bad = []
for name, part in [('variants.json', 'variants'), ('points.json', 'proposals')] + [
        (f'profiles/{profile}', 'profile') for profile in os.listdir(registers)]:
    with open(os.path.join(catalogue, name), encoding='utf-8') as file:
        peer = jsonschema.Draft7Validator({'definitions': definitions, '$ref': f'#/definitions/{part}'})
        bad += [f'{name}: {error.message}' for error in peer.iter_errors(json.load(file))]
for line in bad:
    print(f'# {line}')
print(f'{"not " if bad else ""}ok 3 - the catalogue fits its schema')
sys.exit(bool(differing or bad or good < 50))
