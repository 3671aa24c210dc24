// Uploading: what an answer means, how long to wait, which files a page takes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { element, script } from './script.mjs'


const { meaningOf, pauseOf, percentOf, sentences } = script('upload')
const started = { url: '/uploads/1/', renewed: false }
const meaning = (each, method, status, data = {}) => meaningOf(each, method, { status, data })

test('a broken line, a busy server and a server that fell over are waited for', () => {
  assert.deepEqual([0, 429, 500, 503].map((status) => meaning(started, 'PATCH', status, null)), Array(4).fill('wait'))
})

test('an upload that is gone begins anew, once', () => {
  assert.equal(meaning(started, 'PATCH', 404), 'begin anew')
  assert.equal(meaning({ ...started, renewed: true }, 'PATCH', 404), 'refused')
  assert.equal(meaning({ url: '' }, 'POST', 404), 'refused', 'nothing had begun')
})

test('a server that has less than we thought says where to go on', () => {
  assert.equal(meaning(started, 'PATCH', 409, { code: 'UPLOAD_OFFSET', offset: 5 }), 'go back')
  assert.equal(meaning(started, 'PATCH', 409, { code: 'TICKET_CLOSED' }), 'refused')
})

test('an answer without data is a refusal: a sign-in page, say', () => {
  assert.equal(meaning(started, 'PATCH', 200, null), 'refused')
  assert.equal(meaning(started, 'PATCH', 302), 'refused')
})

test('a file has arrived with its last part, or when the server has the item already', () => {
  assert.equal(meaning(started, 'PATCH', 201, { id: 1 }), 'arrived')
  assert.equal(meaning(started, 'GET', 200, { item: 7 }), 'arrived')
  assert.equal(meaning(started, 'PATCH', 200, { offset: 10 }), 'go on')
  assert.equal(meaning({ url: '' }, 'POST', 201, { url: '/uploads/1/', offset: 0 }), 'go on', 'announced is not arrived')
})

test('a pause doubles up to half a minute, or is what the server asked for', () => {
  assert.deepEqual([0, 1, 4, 9].map((tries) => pauseOf(0, tries)), [1000, 2000, 16000, 30000])
  assert.equal(pauseOf(7, 0), 7000)
})

test('a bar is never fuller than full', () => {
  assert.equal(percentOf(999, 1000), 99)
  assert.equal(percentOf(1100, 1000), 100)
})

test('what is wrong is said with the name of its field', () => {
  const errors = [['amount', ['Too much.', 'No number.']], ['file', ['Too large.']]]
  assert.equal(sentences(errors, (name) => name === 'file' ? '' : 'Sum: '), 'Sum: Too much. Sum: No number. Too large.')
})

test('text that is dragged or pasted is left to the browser', () => {
  const { carriesFiles } = script('paste')
  assert.equal(carriesFiles({ dataTransfer: { types: ['text/plain'] } }), false)
  assert.equal(carriesFiles({ dataTransfer: { types: ['Files'] } }), true)
  assert.ok(!carriesFiles({ dataTransfer: null }))
})

test('files go to the one form there is; without files, or without a form, nothing happens', () => {
  const { offer } = script('paste')
  const given = []
  const form = element({ dispatchEvent: ({ type, detail }) => given.push([type, detail]) })
  offer([], [form])
  offer(['a.png'], [])
  offer(['a.png'], [form])
  assert.deepEqual(given, [['evidence:files', ['a.png']]])
})
