// The queue made quick: ticking rows, keys, and news that comes without moving the page.
// Without this script everything is links and buttons.
(function () {
  'use strict'

  const fill = (pattern, value) => pattern.replace('{0}', value)
  const sentence = (count, one, many) => count === 1 ? one : count ? fill(many, count) : ''

  // From the one ticked last to this one, whichever comes first; without such a one, this alone.
  function stretch (rows, last, row) {
    const [from, to] = [last ? rows.indexOf(last) : rows.indexOf(row), rows.indexOf(row)]
    return rows.slice(Math.min(from, to), Math.max(from, to) + 1)
  }

  // Which row has the focus next; from nowhere, the first or the last.
  const nextPlace = (at, by, count) => at < 0 ? (by > 0 ? 0 : count - 1) : Math.min(count - 1, Math.max(0, at + by))

  // References with a digit: 2 belongs to this view, 0 does not, 1 cannot be said. Changes `came`; answers which of the shown ones changed.
  function takeTouched (touched, shown, came) {
    for (const [ref, belongs] of touched) {
      if (shown.has(ref)) continue
      if (belongs === 2) came.add(ref)
      else if (belongs === 0) came.delete(ref)
    }
    return touched.map(([ref]) => ref).filter((ref) => shown.has(ref))
  }

  if (typeof module !== 'undefined') module.exports = { sentence, stretch, nextPlace, takeTouched } // what browser/units asks

  const queue = document.getElementById('queue')
  if (!queue) return
  const form = document.getElementById('queue-form')
  const rows = Array.from(queue.querySelectorAll('tr[data-ref]'))
  const box = (row) => row.querySelector('input[name=row]')

  // A reload of the answer to a form would send it again.
  if (document.getElementById('queue-outcome')) {
    history.replaceState(null, '', queue.dataset.address)
    document.getElementById('queue-outcome').focus()
  }

  // ---- Ticking
  const all = document.getElementById('tick-all')
  const bar = document.getElementById('queue-bulk')
  let last = null

  function tell () {
    const count = rows.filter((row) => box(row).checked).length
    const said = bar.querySelector('.queue-picked')
    said.textContent = sentence(count, said.dataset.one, said.dataset.many)
    bar.hidden = !count
    all.checked = count === rows.length
    all.indeterminate = count > 0 && count < rows.length
    rows.forEach((row) => row.classList.toggle('is-ticked', box(row).checked))
  }

  function tick (row, on, range) {
    stretch(rows, range ? last : null, row).forEach(function (each) { box(each).checked = on })
    last = row
    tell()
  }

  function tickAll (on) {
    rows.forEach(function (row) { box(row).checked = on })
    tell()
  }

  if (form) {
    all.hidden = false
    const clear = bar.querySelector('[data-clear]')
    clear.hidden = false
    clear.addEventListener('click', function () {
      tickAll(false)
      focusRow(rows[0])
    })
    all.addEventListener('change', function () { tickAll(all.checked) })
    queue.addEventListener('click', function (event) {
      const input = event.target.closest('input[name=row]')
      if (input) tick(input.closest('tr'), input.checked, event.shiftKey)
    })
    tell()
    window.addEventListener('pageshow', tell) // the browser keeps ticks over a step back
  }

  // ---- Moving
  function focusRow (row) {
    if (row) row.querySelector('.queue-ref').focus()
  }

  function current () {
    return rows.indexOf(document.activeElement && document.activeElement.closest('tr[data-ref]'))
  }

  function step (by) {
    focusRow(rows[nextPlace(current(), by, rows.length)])
  }

  // ---- Dialogs
  function open (id) {
    const dialog = document.getElementById(id)
    if (!dialog.open) dialog.showModal()
    dialog.dispatchEvent(new Event('opened'))
  }

  document.querySelectorAll('[data-opens]').forEach(function (button) {
    button.hidden = false
    button.addEventListener('click', function () { open(button.dataset.opens) })
  })

  // ---- Keys. Single ones can be turned off, for those who speak to their computer.
  const KEPT = 'desk-single-keys'
  const choice = document.getElementById('keys-on')
  const remembered = function () { try { return localStorage.getItem(KEPT) } catch { return null } }
  choice.checked = remembered() !== 'off'
  choice.addEventListener('change', function () {
    try { localStorage.setItem(KEPT, choice.checked ? 'on' : 'off') } catch { /* private windows keep nothing */ }
  })

  let waitsForView = 0

  function toView (letter) {
    const link = document.querySelector('.queue-views [data-key="' + CSS.escape(letter) + '"]')
    if (link) link.click()
    return Boolean(link)
  }

  const keys = {
    j: function () { step(1) },
    k: function () { step(-1) },
    x: function (event) {
      const row = rows[current()]
      if (row) tick(row, event.shiftKey || !box(row).checked, event.shiftKey)
    },
    '/': function () {
      const search = document.getElementById('f-q')
      search.focus()
      search.select()
    },
    g: function () { waitsForView = Date.now() },
    r: function () { if (!show.hidden) show.click() },
    '?': function () { open('keys-help') }
  }

  document.addEventListener('keydown', function (event) {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      open('palette')
      return
    }
    const typing = event.target.closest('input:not([type=checkbox]), select, textarea, [contenteditable], dialog')
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !choice.checked) return
    const key = event.key.toLowerCase()
    if (Date.now() - waitsForView < 1500) {
      waitsForView = 0
      if (toView(key)) event.preventDefault()
      return
    }
    if (!keys[key]) return
    event.preventDefault()
    keys[key](event)
  })

  // ---- News: counts, marks on rows that changed, and how many came. Nothing moves until it is asked for.
  const news = document.getElementById('queue-news')
  const show = news.querySelector('a')
  const shown = new Set(rows.map((row) => row.dataset.ref))
  const came = new Set()
  const EVERY = 20000
  let since = ''
  let tag = ''
  let timer = 0
  let asking = false

  function mark (row) {
    if (row.classList.contains('is-changed')) return
    row.classList.add('is-changed')
    const said = document.createElement('strong') // in a line that is there already, so that no row grows
    said.textContent = ' · ' + queue.dataset.changed
    row.querySelector('.queue-ref + .queue-sub').append(said)
  }

  function take (told) {
    since = told.since
    document.dispatchEvent(new CustomEvent('desk:pulse', { detail: told })) // freezes.js listens
    for (const [key, count] of Object.entries(told.counts)) {
      const place = document.querySelector('[data-count="' + key + '"]')
      if (place && place.textContent !== count) place.textContent = count
    }
    for (const ref of takeTouched(told.touched, shown, came)) mark(rows.find((row) => row.dataset.ref === ref))
    const text = sentence(came.size, news.dataset.one, news.dataset.many)
    const place = news.querySelector('p')
    if (place.textContent !== text) place.textContent = text
    show.hidden = !came.size
    news.classList.toggle('has-news', came.size > 0)
  }

  async function ask () {
    if (document.hidden || asking) return
    asking = true
    try {
      const headers = tag ? { 'If-None-Match': tag } : {}
      const answer = await fetch(queue.dataset.pulse + '&since=' + since, { headers, cache: 'no-store', redirect: 'error' })
      if (answer.ok) {
        tag = answer.headers.get('ETag') || ''
        take(await answer.json())
      }
    } catch { /* away for a moment: the next time */ } finally {
      asking = false
    }
  }

  function again () {
    clearTimeout(timer)
    timer = setTimeout(function () { ask().finally(again) }, EVERY * (0.9 + Math.random() / 5)) // desks opened together do not ask together
  }

  ask().finally(again)
  document.addEventListener('visibilitychange', ask)
})()
