// What the tests ask a page: how it is built, what axe says of it, contrast, focus, what is cut off, what is gone.
// Laid into a page by browser/visitor.py as `eyes`.
window.eyes = (function () {
  'use strict'

  const styleOf = (node, pseudo) => getComputedStyle(node, pseudo)
  const ancestors = (node) => (node ? [node, ...ancestors(node.parentElement)] : [])
  const seen = (node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true })
  const wordsOf = (node) => (node.textContent || '').trim().replace(/\s+/g, ' ').slice(0, 40)
  const nameOf = (node) => `${node.tagName.toLowerCase()}.${node.className.baseVal ?? node.className} ${wordsOf(node)}`
  const large = (box) => box.width > 2 && box.height > 2

  // Only for screen readers: one pixel, clipped.
  function aside (node) {
    return !large(node.getBoundingClientRect()) || styleOf(node).clip === 'rect(0px, 0px, 0px, 0px)' ||
      Boolean(node.closest('.visually-hidden, script, style, option'))
  }

  function texts () {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const found = []
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent.trim()
      if (text) found.push([walker.currentNode.parentElement, text])
    }
    return found
  }

  // ---- Contrast
  function colour (text) {
    const parts = text.match(/-?[\d.]+(?:e-?\d+)?/g).map(Number)
    const [r, g, b] = text.startsWith('color(') ? parts.slice(0, 3).map((part) => part * 255) : parts
    return { r, g, b, a: parts.length > 3 ? parts[3] : 1 }
  }

  function over (top, below) {
    const mixed = (name) => top[name] * top.a + below[name] * (1 - top.a)
    return { r: mixed('r'), g: mixed('g'), b: mixed('b'), a: 1 }
  }

  function light ({ r, g, b }) {
    const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255)
  }

  function ratio (one, other) {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b)
    return (bright + 0.05) / (dark + 0.05)
  }

  // A page of a thousand texts has a few dozen grounds: what was computed for a parent serves its children, for one question.
  let grounds = new Map()

  function behind (node) {
    const known = node ? grounds.get(node) : { ground: canvas(), veil: 1, picture: null }
    if (known) return known
    const [above, style] = [behind(node.parentElement), styleOf(node)]
    // A picture or a gradient below a text cannot be decided by one colour.
    const pictured = style.backgroundImage !== 'none' && !node.matches('input, select')
    const found = {
      ground: over(colour(style.backgroundColor), above.ground),
      veil: above.veil * Number(style.opacity),
      picture: pictured ? node : above.picture
    }
    grounds.set(node, found)
    return found
  }

  const isDark = () => matchMedia('(prefers-color-scheme: dark)').matches

  function canvas () {
    return isDark() ? { r: 18, g: 18, b: 18, a: 1 } : { r: 255, g: 255, b: 255, a: 1 }
  }

  function faintness (node, text, pseudo) {
    if (!seen(node) || aside(node) || node.closest('[disabled]')) return null
    const style = styleOf(node, pseudo)
    const { ground: below, veil, picture } = behind(node)
    const ink = colour(style.color)
    const measured = ratio(over({ ...ink, a: ink.a * veil }, below), below)
    const size = parseFloat(style.fontSize)
    const wanted = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5
    const told = `${JSON.stringify(text.slice(0, 40))} in ${node.tagName.toLowerCase()}.${node.className}`
    if (picture) return `contrast: a picture behind ${told} (${picture.className})`
    return measured < wanted ? `contrast: ${measured.toFixed(2)} of ${told}: ${style.color}` : null
  }

  function faint () {
    grounds = new Map()
    const found = texts().map(([node, text]) => faintness(node, text))
    for (const field of document.querySelectorAll('input, textarea, select')) {
      if (['hidden', 'checkbox', 'radio', 'file'].includes(field.type)) continue
      found.push(faintness(field, field.value || field.name))
      if (field.placeholder) found.push(faintness(field, field.placeholder, '::placeholder'))
    }
    return [...new Set(found.filter(Boolean))]
  }

  // ---- Focus
  // What may show it: the element, its labels, what stands around it.
  const showing = (node) => [node, ...(node.labels || []), ...ancestors(node.parentElement).slice(0, 2)]
  const looks = new Map()

  function look (node) {
    const said = (style) => [style.outline, style.boxShadow, style.backgroundColor, style.borderColor].join(' ')
    return JSON.stringify(showing(node).map((each) => said(styleOf(each))))
  }

  function remember (blur) {
    if (blur && document.activeElement) document.activeElement.blur()
    looks.clear()
    for (const node of document.querySelectorAll('a, button, input, select, textarea, summary, [tabindex]')) {
      if (node !== document.activeElement) looks.set(node, look(node))
    }
  }

  function outlined (node) {
    return showing(node).some((each) => styleOf(each).outlineStyle !== 'none' && parseFloat(styleOf(each).outlineWidth) >= 2)
  }

  function covered (node, shown) {
    const box = shown.getBoundingClientRect()
    const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)]
    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)]
    if (bottom <= top || right <= left) return true
    const parts = [shown, node, ...(node.labels || [])]
    const own = (each) => each && (parts.some((part) => part.contains(each)) || each.contains(shown))
    const at = (part) => document.elementFromPoint((left + right) / 2, top + (bottom - top) * part)
    return ![0.1, 0.3, 0.5, 0.7, 0.9].some((part) => own(at(part)))
  }

  function focus () {
    const node = document.activeElement
    if (!node || node === document.body || node === document.documentElement) return null
    // A file input out of sight is where its label is.
    const shown = [node, ...(node.labels || [])].find((each) => large(each.getBoundingClientRect()) && seen(each)) || node
    const box = shown.getBoundingClientRect()
    const group = node.type === 'radio' ? node.name : null
    return {
      key: group || [...document.querySelectorAll('*')].indexOf(node),
      name: `${node.tagName.toLowerCase()} ${node.getAttribute('aria-label') || wordsOf(shown) || node.name}`,
      left: box.left + scrollX, right: box.right + scrollX, top: box.top + scrollY, bottom: box.bottom + scrollY,
      apart: Boolean(node.closest('.site-header, .skip-link')),
      // The small calendar in a date field is a stop of its own, with the browser's own ring, which no script sees.
      visible: !node.matches(':focus') || (outlined(node) && (!looks.has(node) || looks.get(node) !== look(node))),
      covered: covered(node, shown)
    }
  }

  // ---- What is cut off or gone
  function cut () {
    const found = []
    const wide = document.documentElement.clientWidth
    for (const node of new Set(texts().map(([each]) => each))) {
      if (!seen(node) || aside(node) || node.closest('svg, .skip-link')) continue
      const [style, box] = [styleOf(node), node.getBoundingClientRect()]
      const rolls = ancestors(node).some((each) => styleOf(each).overflowX === 'auto')
      if (!rolls && (box.left < -1 || box.right > wide + 1)) found.push(`out of the page: ${nameOf(node)}`)
      if (['hidden', 'clip'].includes(style.overflowX) && node.scrollWidth > node.clientWidth + 1) found.push(`cut off: ${nameOf(node)}`)
      if (style.overflowY === 'hidden' && node.scrollHeight > node.clientHeight + 2) found.push(`cut off below: ${nameOf(node)}`)
    }
    return found
  }

  // What ticks is another text a second later.
  function words () {
    return texts().filter(([node]) => seen(node) && !node.closest('time, .clock, script, style')).map(([, text]) => text)
  }

  function moving () {
    const runs = (each) => each.playState === 'running' && each.effect.getComputedTiming().duration > 10
    return document.getAnimations().filter(runs).map((each) => each.animationName || each.transitionProperty)
  }

  // In forced colours backgrounds are gone: a button shows by a line, an icon by its own colour.
  function lost () {
    grounds = new Map()
    const found = []
    const lined = (style) => ['Top', 'Bottom', 'Left'].some((side) => parseFloat(style[`border${side}Width`]) > 0)
    for (const node of document.querySelectorAll('.btn, input, select, textarea, .badge, .alert, .clock')) {
      if (!seen(node) || aside(node) || ['checkbox', 'radio', 'file', 'hidden'].includes(node.type)) continue
      if (!lined(styleOf(node))) found.push(`no line round ${nameOf(node)}`)
    }
    for (const icon of document.querySelectorAll('svg')) {
      const [fill, stroke] = [styleOf(icon).fill, styleOf(icon).stroke]
      const drawn = colour(fill === 'none' ? stroke : fill)
      if (seen(icon) && ratio(drawn, behind(icon.parentElement).ground) < 3) found.push(`icon not seen in ${nameOf(icon.parentElement)}`)
    }
    return found
  }

  // ---- Built how
  // What holds words or addresses: whether it is there counts, not what it says. Of what points elsewhere, whether that is there.
  const WORDED = /^(href|src|action|value|content|datetime|title|alt|aria-label|placeholder|nonce|data-.*|hx-.*)$/
  const POINTING = /^(for|form|headers|list|aria-(activedescendant|controls|describedby|details|errormessage|flowto|labelledby|owns))$/
  const NUMBER = /[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g // of a complaint, of a bill
  const PART = 40 // elements; what has more is looked at piece by piece
  // Each is judged with what it holds.
  const UNCUT = 'a, button, label, summary, select, table, ul, ol, dl, fieldset, svg, [role], [aria-hidden=true]'
  const TOLD_APART = 'h1, h2, h3, h4, h5, h6, header, nav, main, aside, footer, section, form, [role], [accesskey]'
  let ids = new Map() // how many have it

  function count () {
    ids = new Map()
    for (const { id } of document.querySelectorAll('[id]')) ids.set(id, (ids.get(id) || 0) + 1)
  }

  function attribute ({ name, value, ownerElement }) {
    if (WORDED.test(name)) return name + Boolean(value)
    if (name === 'lang' && ownerElement === document.documentElement) return name // `survey` tells which
    const aims = POINTING.test(name) ? value.split(/\s+/).map((id) => ids.has(id)) : ''
    return `${name}=${value.replace(NUMBER, '0')} ${aims} ${name === 'id' && ids.get(value) > 1}`
  }

  // As axe sees it: with more than a scroll bar's width out of sight.
  function overflows (each) {
    const out = each.scrollWidth > each.clientWidth + 13 || each.scrollHeight > each.clientHeight + 13
    return out && styleOf(each).overflow !== 'visible'
  }

  function state (each) {
    const said = [each.checked, each.open, each.disabled, each.validity?.valid, each === document.activeElement, overflows(each)]
    return [...said.map(Number), each.labels?.length]
  }

  const hasWords = (node) => [...node.childNodes].some((each) => each.nodeType === Node.TEXT_NODE && each.data.trim())
  const eachOnce = (shapes) => shapes.filter((each, place) => each !== shapes[place - 1]).join('')

  // Each element with its attributes, in order, and what state it is in; like neighbours once, no words, no numbers.
  function build (node, built) {
    const own = `${node.localName} ${[...node.attributes].map(attribute)} ${state(node)} ${hasWords(node)}`
    const inside = [...node.children].map((child) => build(child, built))
    const size = inside.reduce((sum, each) => sum + each.size, 1)
    built.set(node, { own, shape: `<${own} ${eachOnce(inside.map((each) => each.shape))}>`, size })
    return built.get(node)
  }

  const isPiece = (node, built) => built.get(node).size <= PART || hasWords(node) || node.matches(UNCUT) || overflows(node)
  // A name beside the words is compared with them: in each language.
  const NAMED = '[aria-label], [aria-labelledby], [title], [alt]'
  const named = (node) => (node.matches(NAMED) || node.querySelector(NAMED) ? document.documentElement.lang : '')

  // The page cut into parts, each with the way to it: large ones again and again, down to where there are words or something to press.
  function * pieces (node, way, built) {
    const { own, shape } = built.get(node)
    if (isPiece(node, built)) yield [node, digest(`${way}>${shape}${named(node)}`)]
    else for (const child of node.children) yield * pieces(child, `${way}>${own}`, built)
  }

  // What the rules about a page as a whole read of a part: its headings and landmarks, and whether there is anything.
  const READ = ['role', 'aria-label', 'aria-labelledby', 'aria-level', 'aria-hidden', 'accesskey']

  function mark (node) {
    const said = READ.map((name) => node.getAttributeNode(name)).filter(Boolean).map(attribute)
    return `${node.localName} ${said} ${seen(node)}`
  }

  function outline (node) {
    const marks = [node, ...node.querySelectorAll('*')].filter((each) => each.matches(TOLD_APART)).map(mark)
    return `${marks} ${Boolean(node.textContent.trim())} ${Boolean(node.querySelector('img, svg, input'))} ${seen(node)}`
  }

  // How the page is put together: its parts in their order, like neighbours once, and all that stands around them.
  function frame (node, built) {
    if (isPiece(node, built)) return `<${outline(node)}>`
    return `<${built.get(node).own} ${eachOnce([...node.children].map((child) => frame(child, built)))}>`
  }

  // What is there twice, and what is led to on this page but is not there.
  function astray () {
    const twice = [...ids].filter(([, times]) => times > 1).map(([id]) => id.replace(NUMBER, '0'))
    const gone = [...document.querySelectorAll('a[href^="#"]')].map((each) => each.hash.slice(1)).filter((id) => !ids.has(id))
    return `${twice} ${gone}`
  }

  function digest (text) {
    let [one, two] = [0xdeadbeef, 0x41c6ce57]
    for (let place = 0; place < text.length; place++) {
      one = Math.imul(one ^ text.charCodeAt(place), 2654435761)
      two = Math.imul(two ^ text.charCodeAt(place), 1597334677)
    }
    return (one >>> 0).toString(36) + (two >>> 0).toString(36)
  }

  // What is to be judged by its words.
  function readable () {
    const apart = '[lang]:not(html), bdi, [name=timezone], .said, .bubble, script, style'
    return [document.title, ...texts().filter(([node]) => !node.closest(apart)).map(([, text]) => text)].filter(Boolean)
  }

  // All that a look over a page needs to know; what of it is new to the tests is then given to axe.
  let surveyed = []

  // Until what glides or fades has arrived: half way a colour is none of the page's.
  function arrival () {
    const ends = document.getAnimations().filter((each) => Number.isFinite(each.effect.getComputedTiming().endTime))
    return Promise.allSettled(ends.filter((each) => each.playState === 'running').map((each) => each.finished))
  }

  async function survey () {
    await arrival()
    count()
    const [root, built] = [document.documentElement, new Map()]
    const screen = [innerWidth, innerHeight, devicePixelRatio, isDark()].join(' ')
    build(root, built)
    const head = built.get(document.head).shape
    const whole = digest([screen, root.lang, built.get(root).own, head, astray(), frame(document.body, built)].join(' '))
    surveyed = [...pieces(document.body, `${screen} ${built.get(root).own}`, built)]
    const sheets = digest([...document.styleSheets].map((each) => each.href).join(' '))
    const wide = [root.scrollWidth, root.clientWidth]
    return { lang: root.lang, wide, texts: readable(), faint: faint(), whole, sheets, parts: surveyed.map((each) => each[1]) }
  }

  // ---- axe
  // The dear ones are about words and things to press and what is round them: asked of new parts alone.
  const OF_PARTS = ['color-contrast', 'label-content-name-mismatch', 'link-name', 'nested-interactive', 'target-size']
  // These read more than a part and the way to it: asked of a page that is put together in a new way. All others are asked of either.
  const OF_PAGES = /^((css|document|duplicate|frame|heading|html|landmark|meta|page|skip)-.+|accesskeys|aria-hidden-body|bypass|region)$/
  const SAYS_NOTHING = 'hidden-content' // but that something is hidden
  const NOT_OF_THE_WHOLE = Object.fromEntries([...OF_PARTS, SAYS_NOTHING].map((each) => [each, { enabled: false }]))

  function rulesOfParts (tags, colours) {
    const all = window.axe.getRules(tags).map(({ ruleId }) => ruleId)
    return all.filter((each) => !OF_PAGES.test(each) && each !== SAYS_NOTHING && (colours || each !== 'color-contrast'))
  }

  // Large enough, nothing to press over or under it, nothing hanging out: axe finds the same, after it has laid a net over the page.
  const PRESSED = 'a, area, audio, button, details, embed, iframe, input, select, summary, textarea, video, [tabindex], [contenteditable]'

  function plainlyLarge () {
    const all = [...document.querySelectorAll(PRESSED)].map((node) => [node, node.getBoundingClientRect()])
    const meets = (one, other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
    const holds = (box, inner) => inner.left >= box.left && inner.right <= box.right && inner.top >= box.top && inner.bottom <= box.bottom
    const free = ([node, box]) => box.width >= 24 && box.height >= 24 && !all.some(([other, its]) => other !== node && meets(box, its)) &&
      [...node.querySelectorAll('*')].every((each) => holds(box, each.getBoundingClientRect()))
    return new Set(all.filter(free).map(([node]) => node))
  }

  function spareTheLarge () {
    const [spared, rule] = [plainlyLarge(), window.axe._audit.getRule('target-size')]
    rule.measured ||= rule.matches
    rule.matches = (node, ...rest) => !spared.has(node) && rule.measured(node, ...rest)
  }

  // Under the sticky header nothing has its full size; an address with a # scrolls there a little after the page has loaded.
  async function toTheTop () {
    if (!location.hash && !scrollY) return
    for (let calm = 0, tries = 0; calm < 2 && tries < 60; tries++) {
      calm = scrollY ? 0 : calm + 1
      scrollTo({ top: 0, behavior: 'instant' })
      await new Promise(requestAnimationFrame)
    }
  }

  function bring (address) {
    const script = document.createElement('script')
    script.src = address
    return new Promise((resolve) => {
      script.onload = script.onerror = () => resolve(script.remove())
      document.head.append(script)
    })
  }

  // `whole`: whether the page is put together in a new way; `sheets`: whether its style sheets are new; `places`: which parts are.
  async function judge ({ axe, tags, whole, sheets, places, colours }) {
    if (!window.axe) await bring(axe)
    if (!window.axe) return null
    await toTheTop()
    const [resultTypes, found] = [['violations', 'incomplete'], []]
    if (whole) {
      const rules = { ...NOT_OF_THE_WHOLE, 'css-orientation-lock': { enabled: sheets } }
      found.push(await window.axe.run(document, { runOnly: { type: 'tag', values: tags }, rules, resultTypes }))
    }
    if (places.length) {
      spareTheLarge()
      const asked = rulesOfParts(tags, colours).filter((each) => !whole || OF_PARTS.includes(each))
      const within = { include: places.map((place) => surveyed[place][0]) }
      found.push(await window.axe.run(within, { runOnly: { type: 'rule', values: asked }, resultTypes }))
    }
    const where = (each) => each.nodes.map((node) => `${node.html} ${node.failureSummary}`).join(' | ')
    // What axe cannot decide about colours, `faint` does.
    const undecided = (each) => each.incomplete.filter(({ id }) => id !== 'color-contrast')
    const faults = found.flatMap((each) => [...each.violations, ...undecided(each)])
    return faults.map((each) => `axe: ${each.id} (${each.impact}): ${where(each)}`)
  }

  return { faint, remember, focus, cut, words, moving, lost, survey, judge }
})()
