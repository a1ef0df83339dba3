// Neo4j's JavaScript driver against `kenning serve`: `node javascript_driver.mjs ADDRESS`.

import neo4j from 'neo4j-driver'
import assert from 'node:assert/strict'

const address = process.argv[2]
const driver = neo4j.driver(`neo4j://${address}`, undefined, { fetchSize: 1000 })

function ok(name) {
  console.log(`ok ${name}`)
}

async function fails(code, run) {
  const error = await run().then(() => assert.fail(`${code} was expected, but nothing failed`), error => error)
  assert.equal(error.code, code, error.stack)
  ok(code)
  return error
}

async function value(value) {
  const { records } = await driver.executeQuery('RETURN $value AS value', { value })
  return records[0].get('value')
}

await driver.verifyConnectivity()
for (const scheme of ['bolt', 'neo4j']) {
  const other = neo4j.driver(`${scheme}://${address}`, neo4j.auth.basic('anybody', 'x'))
  const info = await other.getServerInfo()
  assert.ok(info.protocolVersion >= 5.8, String(info.protocolVersion))
  const { records, summary } = await other.executeQuery('RETURN 1 AS n')
  assert.equal(records[0].get('n').toNumber(), 1)
  assert.equal(summary.database.name, 'memory')
  await other.close()
  ok(`${scheme}:// runs`)
}

const values = [
  null, true, 1.5, 'naïve ☃ 𝄞', [], ['a', null, [2.5]], { a: { b: ['c'] } }, neo4j.int('9223372036854775807'),
  new neo4j.types.Date(2024, 2, 29), new neo4j.types.LocalTime(12, 34, 56, 789), new neo4j.types.Time(1, 2, 3, 4, -18000),
  new neo4j.types.LocalDateTime(2024, 2, 29, 12, 34, 56, 7), new neo4j.types.DateTime(1950, 1, 1, 0, 0, 0, 1, 5400),
  new neo4j.types.DateTime(2024, 7, 1, 12, 0, 0, 0, 7200, 'Europe/Stockholm'), new neo4j.types.Duration(14, -3, 5, 6),
  new neo4j.types.Point(neo4j.int(7203), 1, -2.5), new neo4j.types.Point(neo4j.int(4979), 12.5, 55.7, 10)
]
for (const sent of values) {
  const back = await value(sent)
  assert.equal(String(JSON.stringify(back, print)), String(JSON.stringify(sent, print)))
}
ok('values come back')

/** Integers of the driver as numbers, whatever type they have. */
function print(_, part) {
  return neo4j.isInt(part) ? part.toString() : typeof part === 'bigint' || typeof part === 'number' ? String(part) : part
}

await driver.executeQuery("CREATE (:Person {name: 'Ann'})-[:KNOWS {since: 2001}]->(:Person {name: 'Bob'})")
const { records } = await driver.executeQuery("MATCH p = (a {name: 'Ann'})-[r]->(b) RETURN a, r, b, p")
const [a, r, b, p] = records[0]
assert.deepEqual([a.labels, a.properties.name, r.type, b.properties.name], [['Person'], 'Ann', 'KNOWS', 'Bob'])
assert.deepEqual([r.startNodeElementId, r.endNodeElementId], [a.elementId, b.elementId])
assert.equal(p.segments[0].end.elementId, b.elementId)
ok('nodes, relationships and paths')

const session = driver.session()
const counters = await session.executeWrite(async tx => (await tx.run('CREATE (:T)-[:U]->(:T)')).summary.counters.updates())
assert.deepEqual([counters.nodesCreated, counters.relationshipsCreated], [2, 1])
const bookmarks = session.lastBookmarks()
assert.equal(bookmarks.length, 1)
const transaction = await session.beginTransaction()
await transaction.run('CREATE (:T)')
await transaction.rollback()
const after = driver.session({ bookmarks })
const count = await after.executeRead(async tx => (await tx.run('MATCH (n:T) RETURN count(n) AS n')).records[0].get('n'))
assert.equal(count.toNumber(), 2)
await after.close()
ok('transactions and bookmarks')

const error = await fails('Neo.ClientError.Statement.SyntaxError', () => driver.executeQuery('MATCH (n)\nRETURN m'))
assert.equal(error.gqlStatus, '42001')
assert.equal(error.diagnosticRecord._position.line.toNumber(), 2)
await fails('Neo.ClientError.Transaction.TransactionTimedOut', () =>
  session.run('UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b RETURN sum(a * b)', {}, { timeout: 300 }))
await fails('Neo.ClientError.Transaction.InvalidBookmark', () => driver.session({ bookmarks: ['x'] }).run('RETURN 1'))

const { summary } = await driver.executeQuery('MATCH (n:Nowhere) RETURN n')
assert.deepEqual(summary.gqlStatusObjects.map(status => status.gqlStatus), ['02000', '01N50'])
ok('statuses')

let rows = 0
await new Promise((resolve, reject) => {
  session.run('UNWIND range(1, 200000) AS n RETURN n').subscribe({ onNext: () => rows++, onCompleted: resolve, onError: reject })
})
assert.equal(rows, 200000)
ok('200,000 rows')

await session.close()
await driver.close()
