// The queue: ticking a stretch, moving, news; and its palette.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { script } from './script.mjs'


const { sentence, stretch, nextPlace, takeTouched } = script('queue')
const { matching, isReference } = script('palette')
const ROWS = ['a', 'b', 'c', 'd']

test('with Shift all rows between are ticked, upward as downward', () => {
  assert.deepEqual(stretch(ROWS, 'b', 'd'), ['b', 'c', 'd'])
  assert.deepEqual(stretch(ROWS, 'd', 'b'), ['b', 'c', 'd'])
  assert.deepEqual(stretch(ROWS, null, 'c'), ['c'])
})

test('the focus stops at both ends, and comes in at the nearer one', () => {
  assert.equal(nextPlace(0, -1, 4), 0)
  assert.equal(nextPlace(3, 1, 4), 3)
  assert.equal(nextPlace(1, 1, 4), 2)
  assert.equal(nextPlace(-1, 1, 4), 0)
  assert.equal(nextPlace(-1, -1, 4), 3)
})

test('one, many and none have sentences of their own', () => {
  assert.deepEqual([0, 1, 12].map((count) => sentence(count, 'one new', '{0} new')), ['', 'one new', '12 new'])
})

test('a shown row is marked; another is news while it belongs to the view', () => {
  const came = new Set()
  assert.deepEqual(takeTouched([['TS-1', 2], ['TS-9', 2]], new Set(['TS-1']), came), ['TS-1'])
  assert.deepEqual([...came], ['TS-9'])
})

test('what left the view again is no news; what cannot be said changes nothing', () => {
  const came = new Set(['TS-8', 'TS-9'])
  takeTouched([['TS-8', 0], ['TS-9', 1], ['TS-7', 1]], new Set(), came)
  assert.deepEqual([...came], ['TS-9'])
})

test('a command is found by its words in any order, full-width or not', () => {
  const commands = ['Assign to Lin', 'Add tag VIP', '分配给 Lin'].map((text) => ({ text }))
  const found = (q) => matching(commands, q).map((each) => each.text)
  assert.deepEqual(found('lin assign'), ['Assign to Lin'])
  assert.deepEqual(found('ＶＩＰ'), ['Add tag VIP'])
  assert.deepEqual(found('分配'), ['分配给 Lin'])
  assert.equal(found('').length, 3)
})

test('the palette shows thirty at most', () => {
  assert.equal(matching(Array.from({ length: 50 }, (_, n) => ({ text: 'view ' + n })), 'view').length, 30)
})

test('a reference is a reference in any case, and part of one is not', () => {
  assert.equal(isReference(' ts-20261130-000012 '), true)
  assert.equal(isReference('TS-20261130-12'), false)
  assert.equal(isReference('TS-20261130-000012 refund'), false)
})
