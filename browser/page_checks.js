// What the tests ask a page: contrast, focus, what is cut off, what is gone. Laid into a page by browser/visitor.py as `eyes`.
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

  function ground (node) {
    const dark = matchMedia('(prefers-color-scheme: dark)').matches
    const canvas = dark ? { r: 18, g: 18, b: 18, a: 1 } : { r: 255, g: 255, b: 255, a: 1 }
    return ancestors(node).reverse().reduce((below, each) => over(colour(styleOf(each).backgroundColor), below), canvas)
  }

  function faintness (node, text, pseudo) {
    if (!seen(node) || aside(node) || node.closest('[disabled]')) return null
    const style = styleOf(node, pseudo)
    const veil = ancestors(node).reduce((sum, each) => sum * Number(styleOf(each).opacity), 1)
    const below = ground(node)
    const ink = colour(style.color)
    const measured = ratio(over({ ...ink, a: ink.a * veil }, below), below)
    const size = parseFloat(style.fontSize)
    const wanted = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5
    const told = `${JSON.stringify(text.slice(0, 40))} in ${node.tagName.toLowerCase()}.${node.className}`
    // A picture or a gradient below a text cannot be decided by one colour.
    const picture = ancestors(node).find((each) => styleOf(each).backgroundImage !== 'none' && !each.matches('input, select'))
    if (picture) return `contrast: a picture behind ${told} (${picture.className})`
    return measured < wanted ? `contrast: ${measured.toFixed(2)} of ${told}: ${style.color}` : null
  }

  function faint () {
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
    const found = []
    const lined = (style) => ['Top', 'Bottom', 'Left'].some((side) => parseFloat(style[`border${side}Width`]) > 0)
    for (const node of document.querySelectorAll('.btn, input, select, textarea, .badge, .alert, .clock')) {
      if (!seen(node) || aside(node) || ['checkbox', 'radio', 'file', 'hidden'].includes(node.type)) continue
      if (!lined(styleOf(node))) found.push(`no line round ${nameOf(node)}`)
    }
    for (const icon of document.querySelectorAll('svg')) {
      const [fill, stroke] = [styleOf(icon).fill, styleOf(icon).stroke]
      const drawn = colour(fill === 'none' ? stroke : fill)
      if (seen(icon) && ratio(drawn, ground(icon.parentElement)) < 3) found.push(`icon not seen in ${nameOf(icon.parentElement)}`)
    }
    return found
  }

  return { faint, remember, focus, cut, words, moving, lost }
})()
