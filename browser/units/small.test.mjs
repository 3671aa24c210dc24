// The small scripts: what a form, a clock, a bill and a draft say.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { script } from './script.mjs'


const WORDS = {
  clockLeft: '{0} left', clockOver: '{0} over', clockDays: '{0} d {1} h', clockWholeDays: '{0} d', clockHours: '{0} h {1} min',
  clockWholeHours: '{0} h', clockMinutes: '{0} min', clockMoment: 'a moment'
}
const { sentence, tone } = script('clock', WORDS)
const { isSecondPress, reasonOf, namesWhatToMend } = script('page')
const { fill, percent } = script('bill')
const { pauseOf } = script('checklist')
const { beginsToType, countdown } = script('ticket')
const { withoutFiles } = script('drafts')
const { judge, titleWith } = script('freezes')

test('a clock says the two largest parts, and no part that is nothing', () => {
  assert.equal(sentence(2 * 86400 + 3 * 3600 + 59 * 60), '2 d 3 h left')
  assert.equal(sentence(2 * 86400 + 59 * 60), '2 d left')
  assert.equal(sentence(3 * 3600 + 5 * 60), '3 h 5 min left')
  assert.equal(sentence(3 * 3600 + 59), '3 h left')
  assert.equal(sentence(61), '1 min left')
  assert.equal(sentence(59), 'a moment left')
})

test('a clock that ran out says for how long', () => {
  assert.equal(sentence(0), 'a moment left')
  assert.equal(sentence(-1), 'a moment over')
  assert.equal(sentence(-3600), '1 h over')
})

test('a clock turns to a warning before it is over, and to the worst at once after', () => {
  assert.equal(tone(3600, 3600), 'info')
  assert.equal(tone(3599, 3600), 'warn')
  assert.equal(tone(0, 3600), 'warn')
  assert.equal(tone(-0.1, 3600), 'bad')
})

test('a second press counts as one for five seconds', () => {
  assert.equal(isSecondPress(undefined, 10000), false)
  assert.equal(isSecondPress('6000', 10000), true)
  assert.equal(isSecondPress('5000', 10000), false)
})

test('a request that failed is told from a line that broke', () => {
  assert.deepEqual([429, 500, 404, 0].map(reasonOf), ['slower', 'broke', 'broke', 'offline'])
})

test('answers that name what to mend are shown, others are not', () => {
  assert.deepEqual([200, 400, 403, 409, 422, 500].filter(namesWhatToMend), [400, 409, 422])
})

test('a bill says how far it has come', () => {
  assert.equal(percent({ loaded: 1, total: 3 }), 33)
  assert.equal(fill('%s%% sent', 33), '33% sent')
})

test('a checklist asks ever more slowly, and never more slowly than every fifteen seconds', () => {
  assert.equal(pauseOf(0), 1000)
  assert.ok(pauseOf(1) > pauseOf(0))
  assert.equal(pauseOf(1000), 15000)
})

test('the undo counts in the pattern it came with', () => {
  assert.equal(countdown('Goes out in 15 s', 9), 'Goes out in 9 s')
  assert.equal(countdown('15 秒后发出', 9), '9 秒后发出')
})

test('somebody begins to type after fifteen seconds of rest', () => {
  assert.equal(beginsToType(0, 20000), true)
  assert.equal(beginsToType(10000, 20000), false)
})

test('a draft is kept without its files', () => {
  const form = new FormData()
  form.append('body', 'Good day')
  form.append('files', new File(['x'], 'a.png'))
  assert.deepEqual([...withoutFiles(form)], [['body', 'Good day']])
})

test('a freeze is told once, and sounds in one tab only if it is wanted', () => {
  const freezes = { waiting: 1, latest: 7 }
  assert.deepEqual(judge(freezes, 6, '6', true), { isSaid: true, isNew: true, sounds: true })
  assert.deepEqual(judge(freezes, 6, '6', false), { isSaid: true, isNew: true, sounds: false })
  assert.deepEqual(judge(freezes, 6, '7', true), { isSaid: true, isNew: false, sounds: false }, 'another tab sounded')
  assert.deepEqual(judge(freezes, 7, '7', true), { isSaid: false, isNew: false, sounds: false })
})

test('what waited before the page was opened neither speaks nor sounds', () => {
  assert.deepEqual(judge({ waiting: 3, latest: 7 }, null, null, true), { isSaid: false, isNew: true, sounds: false })
})

test('the title counts freezes that wait', () => {
  assert.equal(titleWith('Queue', 2), '(2) Queue')
  assert.equal(titleWith('Queue', 0), 'Queue')
})
