// The ticket page made comfortable: drafts keep themselves, others see who types, the undo counts down.
// All of it works without, by buttons.
(function () {
  'use strict'
  const PAUSE = 1200
  const waiting = new WeakMap()
  const beginsToType = (lastKey, now) => now - lastKey > 15000
  const countdown = (pattern, seconds) => pattern.replace(/\d+/, String(seconds))

  // Files go in when they are sent, or by the button
  function withoutFiles (data) {
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name)
    return data
  }

  if (typeof module !== 'undefined') module.exports = { beginsToType, countdown, withoutFiles } // what browser/units asks

  // ---- Drafts: a moment after the last key, quietly; not while the form itself is being sent
  function save (form, leaving) {
    const body = withoutFiles(new FormData(form))
    const how = { method: 'POST', headers: { 'X-Quiet': '1' }, keepalive: Boolean(leaving), credentials: 'same-origin' }
    return fetch(form.dataset.draft, { ...how, body })
      .then(function (answer) { form.dataset.saved = answer.ok ? 'yes' : 'no' })
      .catch(function () { form.dataset.saved = 'no' })
  }

  function touched (event) {
    const form = event.target.closest && event.target.closest('form[data-draft]')
    if (!form) return
    clearTimeout(waiting.get(form))
    form.dataset.saved = 'soon'
    waiting.set(form, setTimeout(function () { waiting.delete(form); if (!form.dataset.sent) save(form) }, PAUSE))
    typing()
  }

  document.addEventListener('input', touched)
  document.addEventListener('change', touched)
  document.addEventListener('submit', function (event) {
    clearTimeout(waiting.get(event.target))
    waiting.delete(event.target)
  })
  // Leaving in the middle of a word: what is typed goes along.
  window.addEventListener('pagehide', function () {
    document.querySelectorAll('form[data-draft]').forEach(function (form) {
      if (!waiting.has(form) || form.dataset.sent) return
      clearTimeout(waiting.get(form))
      save(form, true)
    })
  })

  // ---- Presence
  const beat = document.getElementById('presence')
  let lastKey = 0
  function typing () {
    if (!beat) return
    const first = beginsToType(lastKey, Date.now())
    lastKey = Date.now()
    beat.elements.typing.value = '1'
    if (first && window.htmx) window.htmx.trigger(beat, 'typing')
  }
  if (beat) {
    setInterval(function () { if (beginsToType(lastKey, Date.now())) beat.elements.typing.value = '0' }, 5000)
    window.addEventListener('pagehide', function () {
      const data = new FormData(beat)
      data.set('leaves', '1')
      navigator.sendBeacon(beat.dataset.beat, data)
    })
    // A heartbeat that fails is no matter: the next one comes in ten seconds.
    for (const name of ['htmx:sendError', 'htmx:responseError', 'htmx:beforeRequest']) {
      beat.addEventListener(name, function (event) { event.stopPropagation() })
    }
  }

  // ---- Undo: counts down; then the page is drawn anew, or the button says itself that it is too late
  document.querySelectorAll('[data-undo]').forEach(function (box) {
    const left = box.querySelector('[data-undo-left]')
    const pattern = left.textContent
    let seconds = Number(box.dataset.undo)
    const ticking = setInterval(function () {
      seconds -= 1
      if (seconds > 0) {
        left.textContent = countdown(pattern, seconds)
        return
      }
      clearInterval(ticking)
      box.hidden = true
    }, 1000)
  })
})()
