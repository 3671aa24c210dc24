// The ticket page made comfortable: others see who types, the undo counts down.
// All of it works without, by buttons.
(function () {
  'use strict'
  const beginsToType = (lastKey, now) => now - lastKey > 15000
  const countdown = (pattern, seconds) => pattern.replace(/\d+/, String(seconds))

  if (typeof module !== 'undefined') module.exports = { beginsToType, countdown } // what browser/units asks

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
  for (const kind of ['input', 'change']) {
    document.addEventListener(kind, function (event) { if (event.target.closest?.('form[data-draft]')) typing() })
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
