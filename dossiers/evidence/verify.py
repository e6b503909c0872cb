#!/usr/bin/env python3
"""Kiểm tệp bằng chứng của một hồ sơ, không cần hỏi cổng dịch vụ công. Chỉ cần Python 3.8 trở lên, không cài thêm gì.

    python3 verify.py bang-chung-H18.X004-261128-0001.json [--goc DẤU-VÂN] [--neo 2026-11-29.json] [tệp đã nộp …]

--goc: dấu vân SHA-256 của chứng thư gốc, do anh/chị tự lấy ở nơi mình tin (không lấy từ tệp bằng chứng).
--neo: tệp neo của ngày ấy, lấy ở nơi khác (bản báo, cơ quan khác, bản anh/chị đã giữ từ trước).
Các tệp ghi thêm: xem có đúng là tệp đã nộp không.
"""

import argparse
import base64
import hashlib
import json
import sys


def canonical(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha(data):
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def need(holds, sentence):
    if not holds:
        sys.exit("SAI: " + sentence)


def check_events(proof):
    """The chain: each event names the hash of the one before. Returns the hash of the last one."""
    previous = "0" * 64
    for number, fields in enumerate(proof["events"], 1):
        need(fields[0] == previous and fields[1] == proof["code"] and fields[2] == number, f"chuỗi đứt ở bước {number}")
        previous = sha(canonical(fields))
    return previous


def check_answers(proof):
    """Answers, files and words, each against the digest in its event. Returns the values shown, {step: {key: value}}."""
    shown = {}
    for number, fields in proof["answers"].items():
        digests, shown[number] = {}, {}
        for field in fields:
            if "value" in field:
                digest = sha(field["salt"] + canonical([field["key"], field["value"]]))
                need(digest == field["digest"], f"«{field['key']}» ở bước {number} không phải điều đã khai")
                shown[number][field["key"]] = field["value"]
            digests[field["key"]] = field["digest"]
        whole = sha(canonical(sorted(digests.items()))) == proof["events"][int(number) - 1][11]
        need(whole and len(digests) == len(fields), f"bản khai ở bước {number} không khớp")
    for number, words in proof["words"].items():
        digest = sha(words["salt"] + canonical(words["said"]))
        need(digest == proof["events"][int(number) - 1][9], f"lời ghi ở bước {number} không khớp")
    return shown


def check_path(proof, last):
    """From the last event up to the root of the day. Returns the signed text of the anchor."""
    node = hashlib.sha256(b"\0" + "|".join(["event", proof["code"], str(len(proof["events"])), last]).encode()).digest()
    for side, neighbour in proof["path"]:
        pair = (bytes.fromhex(neighbour), node) if side == "L" else (node, bytes.fromhex(neighbour))
        node = hashlib.sha256(b"\1" + pair[0] + pair[1]).digest()
    document = json.loads(proof["anchor"]["document"])
    need(node.hex() == document["root"], "hồ sơ không nằm trong neo của ngày này")
    return document


def items(der):
    """The parts inside a DER value: (tag, content, all of it)."""
    found, start = [], 0
    while start < len(der):
        length, at = der[start + 1], start + 2
        if length & 0x80:
            at += length & 0x7F
            length = int.from_bytes(der[start + 2 : at], "big")
        found.append((der[start], der[at : at + length], der[start : at + length]))
        start = at + length
    return found


def certificates(pem):
    """(key, text that is signed, signature, DER, name) of each certificate; a key is (modulus, exponent)."""
    for part in pem.split("-----BEGIN CERTIFICATE-----")[1:]:
        der = base64.b64decode(part.split("-----END")[0])
        body, _algorithm, signature = items(items(der)[0][1])
        subject, spki = items(body[1])[5:7]
        name = ", ".join(items(items(part[1])[0][1])[1][1].decode("utf-8", "replace") for part in items(subject[1]))
        modulus, exponent = items(items(items(spki[1])[1][1][1:])[0][1])
        yield (int.from_bytes(modulus[1], "big"), int.from_bytes(exponent[1], "big")), body[2], signature[1][1:], der, name


def signed(key, content, signature):
    """RSA, PKCS #1 v1.5, SHA-256: the whole padded block is compared."""
    modulus, exponent = key
    size = (modulus.bit_length() + 7) // 8
    info = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(content).digest()
    block = b"\0\1" + b"\xff" * (size - len(info) - 3) + b"\0" + info
    number = int.from_bytes(signature, "big")
    return len(signature) == size and number < modulus and pow(number, exponent, modulus) == int.from_bytes(block, "big")


def check_signature(proof, root_wanted):
    """The key of the portal signed the anchor, the root signed the key. Returns the root's fingerprint and the portal's name."""
    anchor = proof["anchor"]
    own, root = certificates(anchor["certificates"])
    need(signed(own[0], anchor["document"].encode(), base64.b64decode(anchor["signature"])), "chữ ký của neo không đúng")
    need(signed(root[0], own[1], own[2]), "chứng thư của cổng không do chứng thư gốc này cấp")
    fingerprint = sha(root[3])
    wanted = fingerprint if root_wanted is None else root_wanted.replace(":", "").replace(" ", "").lower()
    need(wanted == fingerprint, "chứng thư gốc không phải cái anh/chị đưa ra")
    return fingerprint, own[4]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("proof")
    parser.add_argument("--goc", help="dấu vân SHA-256 của chứng thư gốc")
    parser.add_argument("--neo", help="tệp neo của ngày, lấy ở nơi khác")
    parser.add_argument("files", nargs="*", help="tệp đã nộp")
    asked = parser.parse_intermixed_args()
    with open(asked.proof, encoding="utf-8") as file:
        proof = json.load(file)
    last = check_events(proof)
    shown = check_answers(proof)
    document = check_path(proof, last)
    fingerprint, signer = check_signature(proof, asked.goc)
    if asked.neo:
        with open(asked.neo, encoding="utf-8") as file:
            need(json.load(file)["document"] == proof["anchor"]["document"], "neo trong tệp khác neo lấy ở nơi khác")
    filed = {v["sha256"] for values in shown.values() for key, v in values.items() if key.startswith("files.")}
    for name in asked.files:
        with open(name, "rb") as file:
            need(sha(file.read()) in filed, f"{name} không phải tệp đã nộp")
    print(f"ĐÚNG: hồ sơ {proof['code']}, {len(proof['events'])} bước, nằm trong neo ngày {document['day']}.")
    for number, fields in enumerate(proof["events"], 1):
        print(f"  {number}. {fields[3]}: {fields[4]} -> {fields[5]}, lúc {fields[8]}")
    for number, values in shown.items():
        print(f"Bản khai ở bước {number}:", *(f"  {key} = {canonical(value)}" for key, value in values.items()), sep="\n")
    print("Mã băm của bước nộp, in trên giấy xác nhận:", sha(canonical(proof["events"][0])))
    print("Neo do ai ký (phải là cổng dịch vụ công, không phải cơ quan khác):", signer)
    print("Dấu vân chứng thư gốc:", fingerprint, "(khớp)" if asked.goc else "(so với dấu vân anh/chị lấy ở nơi mình tin)")


if __name__ == "__main__":
    main()
