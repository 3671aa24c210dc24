// Freeze requests interrupt: a number at the tab and in the title, a word to screen readers, and a tone if it is wanted.
(function () {
  'use strict'

  // What a pulse means, given the latest freeze this page has told of and the latest that any tab sounded for.
  function judge (freezes, latest, heard, wantsSound) {
    const isNew = heard === null || freezes.latest > Number(heard)
    return { isSaid: latest !== null && freezes.latest > latest, isNew, sounds: isNew && heard !== null && wantsSound }
  }

  const titleWith = (title, waiting) => waiting ? '(' + waiting + ') ' + title : title
  if (typeof module !== 'undefined') module.exports = { judge, titleWith } // what browser/units asks

  const badge = document.querySelector('[data-freezes]')
  if (!badge) return
  const said = document.querySelector('[data-freezes-said]')
  const EVERY = 20000
  const KEPT = 'desk-freeze-sound' // on or off (nothing: off), in this browser
  const HEARD = 'desk-freeze-heard' // the latest one: many tabs sound once
  const kept = function (name) { try { return localStorage.getItem(name) } catch { return null } }
  const keep = function (name, value) { try { localStorage.setItem(name, value) } catch { /* private windows keep nothing */ } }

  // ---- The tone. Browsers let no page sound before somebody pressed something on it: then it comes with the first press.
  let audio = null
  let owed = false

  function note (at, pitch) {
    const source = audio.createOscillator()
    const volume = audio.createGain()
    source.frequency.value = pitch
    volume.gain.setValueAtTime(0.0001, at)
    volume.gain.exponentialRampToValueAtTime(0.2, at + 0.03)
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.25)
    source.connect(volume).connect(audio.destination)
    source.start(at)
    source.stop(at + 0.3)
  }

  async function sound () {
    if (!window.AudioContext) return
    audio = audio || new AudioContext()
    owed = audio.state !== 'running'
    if (owed) await audio.resume() // settles only once it may sound
    owed = false
    note(audio.currentTime, 660)
    note(audio.currentTime + 0.3, 880)
  }

  for (const press of ['pointerdown', 'keydown']) {
    document.addEventListener(press, function () { if (owed && audio) audio.resume() })
  }

  const place = document.getElementById('freeze-sound')
  if (place && window.AudioContext) {
    const box = place.querySelector('input')
    place.hidden = false
    box.checked = kept(KEPT) === 'on'
    box.addEventListener('change', function () {
      keep(KEPT, box.checked ? 'on' : 'off')
      if (box.checked) sound() // so that one knows it
    })
  }

  // ---- What is told
  const title = document.title
  let latest = null

  function take (told) {
    const freezes = told.freezes
    if (!freezes) return
    badge.textContent = freezes.waiting
    badge.hidden = !freezes.waiting
    document.title = titleWith(title, freezes.waiting)
    const { isSaid, isNew, sounds } = judge(freezes, latest, kept(HEARD), kept(KEPT) === 'on')
    if (isSaid) said.textContent = said.dataset.freezesSaid
    latest = Math.max(latest || 0, freezes.latest)
    if (sounds) sound()
    if (isNew) keep(HEARD, freezes.latest)
  }

  document.addEventListener('desk:pulse', function (event) { take(event.detail) })
  const queue = document.getElementById('queue')

  // ---- Asking, also in a tab behind others: that is where the title is read
  let tag = ''
  let asking = false

  async function ask () {
    if (asking || (queue && !document.hidden)) return // the queue, while it is looked at, asks for both
    asking = true
    try {
      const headers = tag ? { 'If-None-Match': tag } : {}
      const answer = await fetch(badge.dataset.freezes, { headers, cache: 'no-store', redirect: 'error' })
      if (answer.ok) {
        tag = answer.headers.get('ETag') || ''
        take(await answer.json())
      }
    } catch { /* away for a moment: the next time */ } finally {
      asking = false
    }
  }

  function again () {
    setTimeout(function () { ask().finally(again) }, EVERY * (0.9 + Math.random() / 5)) // desks opened together do not ask together
  }

  ask().finally(again)
})()
