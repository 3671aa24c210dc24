// The command palette of the queue: Ctrl K, then a reference, words, a view or an act on the ticked rows.
(function () {
  'use strict'

  const REFERENCE = /^ts-[0-9]{8}-[0-9]{6,}$/i
  const plain = (text) => text.normalize('NFKC').toLowerCase()
  const isReference = (q) => REFERENCE.test(q.trim())

  // The commands that hold every word of what was typed, in any order.
  function matching (commands, q) {
    const wanted = plain(q).split(/\s+/).filter(Boolean)
    return commands.filter((each) => wanted.every((word) => plain(each.text).includes(word))).slice(0, 30)
  }

  if (typeof module !== 'undefined') module.exports = { matching, isReference } // what browser/units asks

  const palette = document.getElementById('palette')
  if (!palette) return
  const input = document.getElementById('palette-input')
  const list = document.getElementById('palette-list')
  let shown = []
  let at = 0

  const label = (control) => control.textContent.replace(/\s+/g, ' ').trim()
  const search = (q) => document.querySelector('.queue-filter').action + '?q=' + encodeURIComponent(q)

  function ofViews () {
    return Array.from(document.querySelectorAll('.queue-views a'), function (link) {
      const hint = link.dataset.key ? 'g ' + link.dataset.key : ''
      return { text: label(link.querySelector('[data-name]')), hint, act: () => link.click() }
    })
  }

  // Every act of the bar with every choice of its list, as one line each.
  function ofTicked () {
    const bar = document.getElementById('queue-bulk')
    if (!bar || bar.hidden) return []
    return Array.from(bar.querySelectorAll('button[name=do]')).flatMap(function (button) {
      const action = button.closest('.bulk-action')
      if (!action) return [{ text: label(button), act: () => button.click() }]
      const select = action.querySelector('select')
      const first = label(action.querySelector('label'))
      const verb = action.querySelectorAll('button').length > 1 ? first + ' · ' + label(button) : first
      return Array.from(select.options).filter((option) => option.value).map(function (option) {
        return { text: verb + ' ' + label(option), act: function () { select.value = option.value; button.click() } }
      })
    })
  }

  function ofPage () {
    const links = Array.from(document.querySelectorAll('.desk-tabs a'), (link) => ({ text: label(link), act: () => link.click() }))
    const help = document.querySelector('[data-opens="keys-help"]')
    return [...links, { text: label(help.firstChild), hint: '?', act: () => help.click() }]
  }

  function found (q) {
    const commands = matching([...ofTicked(), ...ofViews(), ...ofPage()], q)
    if (!q.trim()) return commands
    const go = { text: palette.dataset.search.replace('{0}', q.trim()), act: () => location.assign(search(q.trim())) }
    if (isReference(q)) return [{ ...go, text: palette.dataset.open.replace('{0}', q.trim().toUpperCase()) }]
    return [...commands, go]
  }

  function choose (place) {
    at = (place + shown.length) % shown.length
    Array.from(list.children).forEach(function (item, n) {
      item.setAttribute('aria-selected', n === at)
      if (n === at) item.scrollIntoView({ block: 'nearest' })
    })
    input.setAttribute('aria-activedescendant', 'palette-' + at)
  }

  function draw () {
    shown = found(input.value)
    list.replaceChildren(...shown.map(function (each, n) {
      const item = document.createElement('li')
      item.id = 'palette-' + n
      item.setAttribute('role', 'option')
      item.append(each.text)
      if (each.hint) {
        const hint = document.createElement('kbd')
        hint.textContent = each.hint
        item.append(' ', hint)
      }
      return item
    }))
    choose(0)
  }

  function take (place) {
    const chosen = shown[place]
    palette.close()
    if (chosen) chosen.act()
  }

  palette.addEventListener('opened', function () {
    input.value = ''
    draw()
    input.focus()
  })
  input.addEventListener('input', draw)
  input.addEventListener('keydown', function (event) {
    if (event.isComposing) return
    if (event.key === 'ArrowDown') choose(at + 1)
    else if (event.key === 'ArrowUp') choose(at - 1)
    else if (event.key === 'Enter') take(at)
    else return
    event.preventDefault()
  })
  list.addEventListener('click', function (event) {
    const item = event.target.closest('[role=option]')
    if (item) take(Array.from(list.children).indexOf(item))
  })
  palette.addEventListener('click', function (event) {
    if (event.target === palette) palette.close()
  })
})()
