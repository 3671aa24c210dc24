// What the worker may keep of what it loads.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { script } from './script.mjs'

const { mayKeep, isFile } = script('offline-worker')
const kept = { pages: ['/', '/freeze/'], prefix: '/static/' }
const answer = (own = {}) => ({ ok: true, redirected: false, headers: new Map(), ...own })
const at = (path) => new URL(path, 'https://desk.example')

test('open pages are kept, and nobody else\'s', () => {
  assert.ok(mayKeep(kept, at('/'), answer()))
  assert.ok(mayKeep(kept, at('/freeze/'), answer()))
  assert.ok(!mayKeep(kept, at('/tickets/TS-20260310-000001/'), answer()))
  assert.ok(!mayKeep(kept, at('/?q=stolen'), answer()), 'words that somebody typed')
  assert.ok(!mayKeep(kept, at('/'), answer({ headers: new Map([['Cache-Control', 'private, no-store']]) })))
  assert.ok(!mayKeep(kept, at('/'), answer({ ok: false })))
  assert.ok(!mayKeep(kept, at('/'), answer({ redirected: true })))
})

test('files are what lies below the prefix', () => {
  assert.ok(isFile(kept, at('/static/css/site.css')))
  assert.ok(!isFile(kept, at('/evidence/1/')))
})
