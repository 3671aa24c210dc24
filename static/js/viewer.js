// The evidence viewer made quick: zoom, turn and pan without another request. Without this script the same buttons are links.
(function () {
  'use strict'
  const LEAST = 100
  const MOST = 800
  const STEP = 1.25
  const TRIES = 5
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

  // Within bounds; what is all but the whole picture is the whole picture.
  function bounded (zoom) {
    const to = Math.min(MOST, Math.max(LEAST, zoom))
    return to < LEAST * 1.05 ? LEAST : to
  }

  const turnBy = (turn, by) => (turn + by + 360) % 360

  // How a picture of this size stands, turned clockwise about its corner and moved back into sight.
  function viewOf (turn, width, height) {
    const lies = turn % 180 === 90
    const corner = { 90: height + ' 0', 180: width + ' ' + height, 270: '0 ' + width }[turn]
    const [w, h] = lies ? [height, width] : [width, height]
    return { viewBox: '0 0 ' + w + ' ' + h, transform: (corner ? 'translate(' + corner + ') ' : '') + 'rotate(' + turn + ')' }
  }

  // The whole of it within the frame, or all its width and as high as it then is; enlarged by so many percent.
  const sizeOf = (zoom, wide) => wide
    ? { width: zoom + '%', maxWidth: 'none', height: 'auto' }
    : { width: 'auto', maxWidth: zoom + '%', height: zoom + '%' }

  if (typeof module !== 'undefined') module.exports = { bounded, turnBy, viewOf, sizeOf } // what browser/units asks

  function Pane (frame) {
    const svg = frame.querySelector('svg')
    const image = svg.querySelector('image')
    const width = Number(image.getAttribute('width'))
    const height = Number(image.getAttribute('height'))
    const tools = frame.closest('.pane').querySelector('.pane-tools')
    const address = image.getAttribute('href')
    let tries = 0
    let zoom = Number(frame.dataset.zoom)
    let turn = Number(frame.dataset.turn)
    let wide = 'wide' in frame.dataset

    // A page of a PDF is refused at once while others are being drawn: it is asked for again, a few times.
    image.addEventListener('error', function () {
      if (tries === TRIES) return
      tries += 1
      setTimeout(() => image.setAttribute('href', address + (address.includes('?') ? '&' : '?') + 'again=' + tries), tries * 1000)
    })

    // Whether some of it lies outside the frame, across or down.
    const hasMore = (side) => frame['scroll' + side] > frame['client' + side] + 1

    // What is in the middle stays in the middle.
    function show () {
      const x = (frame.scrollLeft + frame.clientWidth / 2) / frame.scrollWidth
      const y = (frame.scrollTop + frame.clientHeight / 2) / frame.scrollHeight
      Object.assign(svg.style, sizeOf(zoom, wide))
      frame.scrollLeft = x * frame.scrollWidth - frame.clientWidth / 2
      frame.scrollTop = y * frame.scrollHeight - frame.clientHeight / 2
      frame.classList.toggle('drags', hasMore('Width') || hasMore('Height'))
      tools.querySelector('[data-size]').textContent = Math.round(zoom) + ' %'
    }

    function resize (to) {
      zoom = bounded(to)
      show()
    }

    // From its beginning: a long screenshot is read downward.
    function fill (asWide) {
      wide = asWide
      resize(LEAST)
      frame.scrollTo((frame.scrollWidth - frame.clientWidth) / 2, 0)
    }

    function rotate (by) {
      turn = turnBy(turn, by)
      const view = viewOf(turn, width, height)
      svg.setAttribute('viewBox', view.viewBox)
      image.setAttribute('transform', view.transform)
    }

    const actions = {
      in: function () { resize(zoom * STEP) },
      out: function () { resize(zoom / STEP) },
      fit: function () { rotate(-turn); fill(false) },
      width: function () { fill(true) },
      left: function () { rotate(-90) },
      right: function () { rotate(90) }
    }
    const keys = { '+': actions.in, '=': actions.in, '-': actions.out, r: actions.right, R: actions.left, 0: actions.fit, w: actions.width }

    tools.addEventListener('click', function (event) {
      const link = event.target.closest('[data-do]')
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
      event.preventDefault()
      actions[link.dataset.do]()
    })

    function step (name) {
      const link = document.querySelector('[data-step="' + name + '"]')
      if (link) link.click()
    }

    function arrow (key) {
      const way = ARROWS[key]
      if (hasMore(way[0] ? 'Width' : 'Height')) frame.scrollBy(way[0] * frame.clientWidth / 8, way[1] * frame.clientHeight / 8)
      else if (way[0]) step(way[0] < 0 ? 'previous' : 'next')
    }

    // Only while the picture has the focus, so that no letter typed elsewhere moves it.
    frame.addEventListener('keydown', function (event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if (ARROWS[event.key]) arrow(event.key)
      else if (keys[event.key]) keys[event.key]()
      else return
      event.preventDefault()
    })

    frame.addEventListener('wheel', function (event) {
      if (!event.ctrlKey) return
      event.preventDefault()
      resize(zoom * (event.deltaY < 0 ? STEP : 1 / STEP))
    }, { passive: false })

    frame.addEventListener('dblclick', function () { resize(zoom > LEAST ? LEAST : 200) })

    // ---- One pointer drags, two of them pinch
    const down = new Map()
    let apart = 0

    function distance () {
      const two = Array.from(down.values())
      return Math.hypot(two[0].clientX - two[1].clientX, two[0].clientY - two[1].clientY)
    }

    function lift (event) {
      down.delete(event.pointerId)
      if (!down.size) frame.classList.remove('dragging')
    }

    frame.addEventListener('pointerdown', function (event) {
      if (event.button) return
      down.set(event.pointerId, event)
      if (down.size === 2) apart = distance()
      if (frame.classList.contains('drags')) {
        frame.setPointerCapture(event.pointerId)
        frame.classList.add('dragging')
      }
    })
    frame.addEventListener('pointermove', function (event) {
      const before = down.get(event.pointerId)
      if (!before) return
      down.set(event.pointerId, event)
      if (down.size === 2) {
        const now = distance()
        if (apart) resize(zoom * now / apart)
        apart = now
      } else if (frame.classList.contains('drags')) {
        frame.scrollBy(before.clientX - event.clientX, before.clientY - event.clientY)
      }
    })
    for (const name of ['pointerup', 'pointercancel', 'lostpointercapture']) frame.addEventListener(name, lift)

    show()
    frame.scrollTo((frame.scrollWidth - frame.clientWidth) / 2, wide ? 0 : (frame.scrollHeight - frame.clientHeight) / 2)
    if ('first' in frame.dataset && document.activeElement === document.body) frame.focus({ preventScroll: true })
  }

  const frames = document.querySelectorAll('[data-pane]')
  if (frames.length) document.documentElement.classList.add('scripted')
  frames.forEach(Pane)
})()
