extension TokenCorpus {
    static let data: [Piece] = [
        Piece(
            kind: .json, tokens: [222, 221, 215, 265, 225],
            text: #"""
                 with; AgentRoute ignores it."
                    },
                    "listen": {
                      "type": "object",
                      "additionalProperties": false,
                      "description": "Where the gateway listens.",
                      "properties": {
                        "host": {
                          "type": "string",
                          "anyOf": [
                            {
                              "format": "ipv4"
                            },
                            {
                              "format": "ipv6"
                            },
                            {
                              "const": "localhost"
                            }
                          ],
                          "default": "127.0.0.1",
                          "description": "An address; localhost is taken for 127.0.0.1."
                        },
                        "port": {
                          "type": "integer",
                          "minimum": 0,
                          "maximum": 65535,
                          "default": 4505,
                          "description": "0 lets the system choose."
                        },
                        "allowedHosts": {
                          "type": "array",
                          "items": {
                            "type": "string",
                            "pattern": "^(\\[[0-9A-Fa
                """#),
        Piece(
            kind: .json, tokens: [208, 208, 207, 241, 213],
            text: #"""

                          "description": "Client connections open at once."
                        },
                        "head": {
                          "$ref": "#/$defs/duration",
                          "description": "From the first byte of a request to the end of its head.",
                          "default": "10s"
                        },
                        "body": {
                          "$ref": "#/$defs/duration",
                          "description": "How long a request body may stay away while it is being read.",
                          "default": "60s"
                        },
                        "idle": {
                          "$ref": "#/$defs/duration",
                          "description": "How long a connection may stay open between two requests.",
                          "default": "75s"
                        }
                      }
                    },
                    "log": {
                      "type": "object",
                      "additionalProperties": false,
                      "description": "How the gateway logs.",
                      "properties": {
                        "level": {
                          "enum": [
                            "debug",
                            "info",
                            "warn",
                            "error"
                         
                """#),
        Piece(
            kind: .json, tokens: [207, 210, 213, 216, 223],
            text: #"""
                ys are faults.","type":"object","additionalProperties":false,"properties":{"$schema":{"type":"string","description":"The schema an editor checks this file with; AgentRoute ignores it."},"listen":{"type":"object","additionalProperties":false,"description":"Where the gateway listens.","properties":{"host":{"type":"string","anyOf":[{"format":"ipv4"},{"format":"ipv6"},{"const":"localhost"}],"default":"127.0.0.1","description":"An address; localhost is taken for 127.0.0.1."},"port":{"type":"integer","minimum":0,"maximum":65535,"default":4505,"description":"0 lets the system choose."},"allowedHosts":{"type":"array","items":{"type":"string","pattern":"^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+)(:[0-9]+)?$"},"default":[],"description":"Values of Host accepted besides the loopback names, with a port wh
                """#),
        Piece(
            kind: .json, tokens: [283, 281, 286, 320, 293],
            text: #"""
                {"orders": [{"id": 48213, "customer": "c_9f31ab", "placed_at": "2026-03-14T09:26:53Z", "items": [{"sku": "KB-104-DE", "quantity": 2, "unit_price": 79.9}, {"sku": "CBL-USB-C-2M", "quantity": 5, "unit_price": 8.49}], "shipping": {"method": "standard", "street": "Lindenallee 7", "postcode": "50667", "city": "Köln", "country": "DE"}, "paid": true, "note": null}, {"id": 48214, "customer": "c_11d07e", "placed_at": "2026-03-14T09:31:02Z", "items": [{"sku": "MON-27-4K", "quantity": 1, "unit_price": 389.0}], "shipping": {"method": "express", "street": "12 Rue des Écoles", "postcode": "75005", "city": "Paris", "country": "FR"}, "paid": false, "note": "ring twice"}], "next_page": "eyJvZmZzZXQiOjUwfQ=="}
                """#),
        Piece(
            kind: .json, tokens: [585, 585, 540, 715, 585],
            text: #"""
                {
                  "cells": [
                    {
                      "x": 0,
                      "y": 0,
                      "value": -3.3,
                      "label": "cell-00"
                    },
                    {
                      "x": 1,
                      "y": 4,
                      "value": -1.6,
                      "label": "cell-01"
                    },
                    {
                      "x": 2,
                      "y": 8,
                      "value": 0.1,
                      "label": "cell-02"
                    },
                    {
                      "x": 3,
                      "y": 1,
                      "value": 1.8,
                      "label": "cell-03"
                    },
                    {
                      "x": 4,
                      "y": 5,
                      "value": 3.5,
                      "label": "cell-04"
                    },
                    {
                      "x": 5,
                      "y": 9,
                      "value": 5.2,
                      "label": "cell-05"
                    },
                    {
                      "x": 6,
                      "y": 2,
                      "value": 6.9,
                      "label": "cell-06"
                    },
                    {
                      "x": 7,
                      "y": 6,
                      "value": 8.6,
                      "label": "cell-07"
                    },
                    {
                      "x": 8,
                      "y": 10,
                      "value": 10.3,
                      "label": "cell-08"
                    },
                    {
                      "x": 9,
                      "y": 3,
                      "value": 12.0,
                      "label": "cell-09"
                    },
                    {
                      "x": 10,
                      "y": 7,
                      "value": 13.7,
                      "label": "cell-10"
                    },
                    {
                      "x": 11,
                      "y": 0,
                      "value": 15.4,
                      "label": "cell-11"
                    },
                    {
                      "x": 12,
                      "y": 4,
                      "value": 17.1,
                      "label": "cell-12"
                    },
                    {
                      "x": 13,
                      "y": 8,
                      "value": 18.8,
                      "label": "cell-13"
                    },
                    {
                      "x": 14,
                      "y": 1,
                      "value": 20.5,
                      "label": "cell-14"
                    },
                    {
                      "x": 15,
                      "y": 5,
                      "value": 22.2,
                      "label": "cell-15"
                    }
                  ]
                }
                """#),
        Piece(
            kind: .json, tokens: [101, 103, 105, 123, 109],
            text: #"""
                {"level":"warn","at":"2026-05-02T17:20:11.482Z","component":"scheduler","message":"job took longer than its period","job":{"name":"rebuild-index","period_seconds":300,"took_seconds":412.6,"attempt":3},"host":"node-17.internal.example","trace":"4bf92f3577b34da6a3ce929d0e0e4736","tags":["batch","nightly","search"]}
                """#),
        Piece(
            kind: .json, tokens: [133, 131, 136, 154, 135],
            text: #"""
                {
                  "title": "Bericht",
                  "author": {
                    "given": "Renate",
                    "family": "Öztürk"
                  },
                  "sections": [
                    {
                      "heading": "Summary",
                      "paragraphs": [
                        "The pilot ran for six weeks in two warehouses.",
                        "Picking errors fell by a third, mostly because labels are now scanned twice."
                      ]
                    },
                    {
                      "heading": "Open questions",
                      "paragraphs": [
                        "Who owns the handheld scanners after the pilot?",
                        "Can the same routes be used in winter?"
                      ]
                    }
                  ]
                }
                """#),
        Piece(
            kind: .json, tokens: [120, 120, 119, 125, 124],
            text: #"""
                [{"path": "src/parser.ts", "additions": 41, "deletions": 7, "status": "modified"}, {"path": "src/lexer/token.ts", "additions": 120, "deletions": 0, "status": "added"}, {"path": "test/parser.test.ts", "additions": 63, "deletions": 12, "status": "modified"}, {"path": "package.json", "additions": 1, "deletions": 1, "status": "modified"}]
                """#),
        Piece(
            kind: .json, tokens: [57, 57, 58, 62, 63],
            text: #"""
                {"command": "grep -rn \"retryAfter\" src --include=*.ts | head -20 && npm test -- --grep 'rate limit'", "timeout_ms": 120000, "background": false, "description": "Find the retry logic and run its tests"}
                """#),
        Piece(
            kind: .output, tokens: [275, 275, 244, 330, 252],
            text: #"""
                total 96
                drwxr-xr-x  7 dev dev  4096 May  2 10:14 .
                drwxr-xr-x 12 dev dev  4096 Apr 28 19:02 ..
                drwxr-xr-x  8 dev dev  4096 May  2 10:20 .git
                -rw-r--r--  1 dev dev   421 Apr 28 19:02 .gitignore
                -rw-r--r--  1 dev dev  1067 Apr 28 19:02 LICENSE
                -rw-r--r--  1 dev dev  5312 May  1 08:47 README.md
                -rw-r--r--  1 dev dev 38144 May  2 10:13 package-lock.json
                -rw-r--r--  1 dev dev  1893 May  2 10:13 package.json
                drwxr-xr-x  5 dev dev  4096 Apr 30 16:33 src
                drwxr-xr-x  3 dev dev  4096 Apr 30 16:35 test
                -rw-r--r--  1 dev dev   754 Apr 28 19:02 tsconfig.json
                """#),
        Piece(
            kind: .output, tokens: [176, 176, 198, 196, 180],
            text: #"""
                diff --git a/src/queue.py b/src/queue.py
                index 3f1c2aa..9be0457 100644
                --- a/src/queue.py
                +++ b/src/queue.py
                @@ -41,9 +41,14 @@ class Queue:
                     def take(self, timeout=None):
                -        with self._lock:
                -            if not self._items:
                -                return None
                -            return self._items.pop(0)
                +        with self._ready:
                +            arrived = self._ready.wait_for(lambda: self._items or self._closed, timeout)
                +            if not arrived:
                +                raise TimeoutError(f"nothing came within {timeout} s")
                +            if not self._items:
                +                return None  # closed
                +            return self._items.popleft()
                 
                     def close(self):
                """#),
        Piece(
            kind: .output, tokens: [148, 145, 153, 169, 156],
            text: #"""
                Traceback (most recent call last):
                  File "/srv/app/jobs/export.py", line 88, in main
                    for row in rows(connection, since=args.since):
                  File "/srv/app/jobs/export.py", line 52, in rows
                    batch = cursor.fetchmany(BATCH)
                            ^^^^^^^^^^^^^^^^^^^^^^^
                  File "/srv/app/.venv/lib/python3.12/site-packages/driver/cursor.py", line 417, in fetchmany
                    return self._read(self._plan, limit)
                driver.errors.ProtocolError: unexpected end of stream (read 65536 of 131072 bytes)

                2 failed, 117 passed, 3 skipped in 14.82s
                """#),
        Piece(
            kind: .output, tokens: [148, 149, 186, 170, 163],
            text: #"""
                src/server/limits.ts:14:export const RETRY_AFTER_SECONDS = 30;
                src/server/limits.ts:52:    reply.header("retry-after", String(RETRY_AFTER_SECONDS));
                src/client/http.ts:120:  const retryAfter = Number(response.headers.get("retry-after") ?? "0");
                src/client/http.ts:121:  if (retryAfter > 0 && attempt < this.options.maxAttempts) {
                src/client/http.ts:122:    await delay(retryAfter * 1000 + jitter());
                test/http.test.ts:77:  it("waits as long as retry-after says", async () => {
                test/http.test.ts:83:    expect(clock.now()).toBe(30_000);
                """#),
    ]
}
