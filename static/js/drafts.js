// What is typed keeps itself: forms with data-draft, the address that takes it. Without this script it is kept when it is sent.
(function () {
  'use strict'
  const PAUSE = 1200
  const waiting = new WeakMap()

  // Files go in when they are sent, or by the button
  function withoutFiles (data) {
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name)
    return data
  }

  if (typeof module !== 'undefined') module.exports = { withoutFiles } // what browser/units asks

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
})()
