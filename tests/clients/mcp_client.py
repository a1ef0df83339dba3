#!/usr/bin/env python3
"""The official Python client of MCP asks kenning, in both eras of the protocol.

    pip install mcp==2.3.0 jsonschema==4.26.0
    tests/clients/mcp_client.py target/release/kenning              over standard input and output
    tests/clients/mcp_client.py --http http://127.0.0.1:7474/mcp    over Streamable HTTP, of `kenning serve`

The graph must be the embedded one. Every answer is checked against the output schema of its tool.
"""

import argparse
import asyncio
import time

import jsonschema
from mcp import Client, MCPError
from mcp.client.stdio import StdioServerParameters

MODES = {"2026-07-28": "2026-07-28", "auto": "2026-07-28", "legacy": "2025-11-25"}
CALLS = [
    ("show", {"term": "heat"}, "found"),
    ("show", {"term": "heta"}, "no_such_term"),
    ("deps", {"terms": ["trove"], "depth": 2, "showing": ["evidence"]}, "found"),
    ("deps", {"terms": ["trove"], "ranked": True}, "found"),
    ("impact", {"terms": ["mariadb"], "limit": 5}, "found"),
    ("impact", {"terms": ["horizon"]}, "nothing_found"),
    ("why", {"from": "horizon", "to": "mariadb", "each": True}, "found"),
    ("why", {"from": "mariadb", "to": "horizon"}, "nothing_found"),
    ("order", {}, "found"),
    ("critical", {}, "found"),
    ("critical", {"for": "horizon", "to": "mariadb"}, "found"),
    ("find", {"text": "block storage"}, "found"),
    ("find", {"text": "zzzzqq"}, "nothing_found"),
    ("query", {"query": "MATCH (n)-[r]->(m) RETURN n, r, m, [n], date('2026-01-31') AS d"}, "found"),
    ("query", {"query": "MATCH (n {name: $name}) RETURN n", "parameters": {"name": "Compute"}}, "found"),
    ("query", {"query": "MATCH p = ()-->() RETURN p LIMIT 2"}, "found"),
    ("query", {"query": "MATCH (n:Nothing) RETURN n"}, "nothing_found"),
    ("query", {"query": "PROFILE MATCH (n) RETURN n LIMIT 1"}, "done"),
    ("query", {"query": "MATCH ("}, "failed"),
    ("query", {"query": "CREATE (:X)"}, "refused"),
    ("schema", {}, "found"),
    ("deps", {"terms": []}, "invalid_arguments"),
]


async def tools(client):
    listed = {tool.name: tool for tool in (await client.list_tools()).tools}
    for tool in listed.values():
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        jsonschema.Draft202012Validator.check_schema(tool.output_schema)
        assert tool.annotations.read_only_hint, tool.name
    for name, arguments, outcome in CALLS:
        result = await client.call_tool(name, arguments)
        answer = result.structured_content
        assert answer["outcome"] == outcome, (name, arguments, answer)
        assert result.is_error == (outcome not in ("found", "nothing_found", "done")), (name, arguments)
        jsonschema.validate(answer, listed[name].output_schema)
        assert result.content[0].text, (name, arguments)
        keeps = jsonschema.Draft202012Validator(listed[name].input_schema).is_valid(arguments)
        assert keeps == (outcome != "invalid_arguments"), (name, arguments)
    try:
        await client.call_tool("write", {"query": "CREATE (:X)"})
    except MCPError as error:
        assert error.code == -32602, error
    else:
        raise AssertionError("writing should be off")
    return len(CALLS)


async def resources(client):
    count, cursor = 0, None
    while True:
        page = await client.list_resources(cursor=cursor)
        count += len(page.resources)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert count == 140, count
    read = await client.read_resource("kenning://term/nova")
    assert read.contents[0].text.startswith("# Compute\n"), read
    templates = await client.list_resource_templates()
    assert templates.resource_templates[0].uri_template.startswith("kenning://term/{name}")
    try:
        await client.read_resource("kenning://term/novaa")
    except MCPError as error:
        assert error.code in (-32602, -32002) and error.data["suggestions"], error
    else:
        raise AssertionError("there is no such term")
    return count


async def prompts(client):
    listed = (await client.list_prompts()).prompts
    terms = {"term": "nova", "from": "horizon", "to": "mariadb", "of": "mariadb"}
    for prompt in listed:
        arguments = {argument.name: terms[argument.name] for argument in prompt.arguments}
        got = await client.get_prompt(prompt.name, arguments)
        assert len(got.messages) == 1 + len(arguments), prompt.name
    return len(listed)


async def cancel(client):
    endless = {"query": "UNWIND range(1, 100000000000) AS n RETURN sum(n % 7) AS n"}
    call = asyncio.create_task(client.call_tool("query", endless))
    await asyncio.sleep(0.3)
    call.cancel()
    try:
        await call
    except asyncio.CancelledError:
        pass
    assert (await client.call_tool("find", {"text": "nova"})).structured_content["total"] > 0


async def check(server, mode, version):
    async with Client(server, mode=mode, read_timeout_seconds=60) as client:
        assert client.protocol_version == version, client.protocol_version
        counts = [await tools(client), await resources(client), await prompts(client)]
        await cancel(client)
        started = time.monotonic()
    return counts, time.monotonic() - started


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kenning", nargs="?")
    parser.add_argument("--http")
    given = parser.parse_args()
    server = given.http or StdioServerParameters(command=given.kenning, args=["mcp"])
    for mode, version in MODES.items():
        (calls, terms, asked), end = await check(server, mode, version)
        assert end < 5, f"leaving took {end:.1f} s"
        print(f"{mode} ({version}): {calls} calls, {terms} terms, {asked} prompts, a cancelled statement")


asyncio.run(main())
