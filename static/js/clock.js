// Clock chips tick. Without this script they show what was true when the page was made.
(function () {
  'use strict'

  const words = document.documentElement.dataset
  const MINUTE = 60
  const HOUR = 60 * MINUTE
  const DAY = 24 * HOUR
  // Server and device may disagree: what counts is the server's clock.
  const skew = Number(words.clockNow) ? Number(words.clockNow) - Date.now() / 1000 : 0

  function span (seconds) {
    const days = Math.floor(seconds / DAY)
    const hours = Math.floor(seconds % DAY / HOUR)
    const minutes = Math.floor(seconds % HOUR / MINUTE)
    const fill = (pattern, first, second) => pattern.replace('{0}', first).replace('{1}', second)
    if (days) return fill(hours ? words.clockDays : words.clockWholeDays, days, hours)
    if (hours) return fill(minutes ? words.clockHours : words.clockWholeHours, hours, minutes)
    if (minutes) return fill(words.clockMinutes, minutes)
    return words.clockMoment
  }

  // Seconds left; negative once it is over.
  const sentence = (left) => (left >= 0 ? words.clockLeft : words.clockOver).replace('{0}', span(Math.abs(left)))
  const tone = (left, warnFrom) => left < 0 ? 'bad' : left < warnFrom ? 'warn' : 'info'
  if (typeof module !== 'undefined') module.exports = { sentence, tone } // what browser/units asks

  function tick (chip) {
    const left = (Date.parse(chip.querySelector('time').dateTime) - Date.now()) / 1000 - skew
    const text = sentence(left)
    const label = chip.querySelector('[data-clock-text]')
    if (label.textContent !== text) label.textContent = text
    chip.classList.remove('tone-info', 'tone-warn', 'tone-bad')
    chip.classList.add('tone-' + tone(left, Number(chip.dataset.clock)))
  }

  function all () {
    if (document.hidden) return
    document.querySelectorAll('[data-clock]').forEach(tick)
  }

  all()
  setInterval(all, 15000)
  document.addEventListener('visibilitychange', all)
  document.addEventListener('htmx:afterSwap', all)
})()
