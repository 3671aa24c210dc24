// Parts of a picture covered before it is sent: boxes on a copy, drawn in on a canvas of the picture's full size. Only that copy is sent.
// A plain fill and no mosaic: from coarse squares, digits can be guessed back. The file on the device is never touched.
const place = document.getElementById('uploading')
const words = place.dataset
const dialog = document.querySelector('dialog[data-covering]')
const find = (name) => dialog.querySelector(`[data-${name}]`)
const [frame, area, canvas, list] = ['frame', 'area', 'picture', 'boxes'].map(find)
const FILL = '#1c2530'
const SHOWN = 1600
const SMALLEST = 28  // pixels on the screen: what a finger can still hold
const STEP = 8
const PHOTO_QUALITIES = [0.92, 0.85, 0.7]
const MEGA = 1024 * 1024
const within = (value, least, most) => Math.max(least, Math.min(most, value))
let now = null  // { file, done, opener, picture, boxes, past }: the picture that is open

// ---- Opening and closing
async function open ({ file, boxes, done }) {
  const opener = document.activeElement
  const picture = new Image()
  picture.src = URL.createObjectURL(file)
  try {
    await picture.decode()
  } catch {
    return URL.revokeObjectURL(picture.src)
  }
  if (now) close()
  now = { file, done, opener, picture, boxes: boxes.map((box) => ({ ...box })), past: [] }
  find('name').textContent = file.name
  tell('')
  dialog.showModal()
  show()
  draw()
  find('add').focus()
}

// On the screen a smaller copy is enough.
function show () {
  const { naturalWidth, naturalHeight } = now.picture
  const scale = Math.min(1, SHOWN / naturalWidth)
  Object.assign(canvas, { width: Math.round(naturalWidth * scale), height: Math.round(naturalHeight * scale) })
  canvas.getContext('2d').drawImage(now.picture, 0, 0, canvas.width, canvas.height)
}

function close () {
  if (!now) return
  const { picture, opener } = now
  URL.revokeObjectURL(picture.src)
  now = null
  Object.assign(canvas, { width: 0, height: 0 })
  list.replaceChildren()
  if (dialog.open) dialog.close()
  if (opener && opener.isConnected) opener.focus()
}

const tell = (text) => { find('told').textContent = text }

// ---- Boxes: parts of the picture, 0 to 1 from its left and top
function draw (focused = -1) {
  list.replaceChildren(...now.boxes.map((box, number) => {
    const button = find('box').content.firstElementChild.cloneNode(true)
    button.setAttribute('aria-label', words.box.replace('{0}', number + 1).replace('{1}', now.boxes.length))
    button.dataset.number = number
    put(button, box)
    return button
  }))
  find('undo').disabled = !now.past.length
  find('remove').disabled = !now.boxes.length
  find('use').disabled = !now.boxes.length && !now.past.length
  choose(within(focused, 0, now.boxes.length - 1))
  if (focused >= 0 && list.children[focused]) list.children[focused].focus({ preventScroll: false })
}

// The one that "Remove" takes away: where the focus is, or was last.
function choose (number) {
  now.selected = number
  ;[...list.children].forEach((button, at) => button.toggleAttribute('data-selected', at === number))
}

function put (button, { left, top, width, height }) {
  Object.entries({ left, top, width, height }).forEach(([name, share]) => { button.style[name] = 100 * share + '%' })
}

function keep () {
  now.past.push(now.boxes.map((box) => ({ ...box })))
  now.past.splice(0, now.past.length - 100)
}

const least = () => ({ width: Math.min(1, SMALLEST / canvas.clientWidth), height: Math.min(1, SMALLEST / canvas.clientHeight) })

function fitted ({ left, top, width, height }) {
  const small = least()
  const [w, h] = [within(width, small.width, 1), within(height, small.height, 1)]
  return { left: within(left, 0, 1 - w), top: within(top, 0, 1 - h), width: w, height: h }
}

const moved = (box, dx, dy) => fitted({ ...box, left: box.left + dx, top: box.top + dy })
const resized = (box, dx, dy) =>
  fitted({ ...box, width: Math.min(box.width + dx, 1 - box.left), height: Math.min(box.height + dy, 1 - box.top) })

// Where nothing says where: in the middle of what can be seen of the picture.
function add (at) {
  const [seen, whole] = [frame.getBoundingClientRect(), canvas.getBoundingClientRect()]
  const lower = 48 * (now.boxes.length % 3)  // not on top of the one before
  const middle = () => ({
    x: (seen.left + seen.width / 2 - whole.left) / whole.width,
    y: (seen.top + seen.height / 2 + lower - whole.top) / whole.height
  })
  const { x, y } = at || middle()
  const [width, height] = [Math.min(1, 140 / whole.width), Math.min(1, 40 / whole.height)]
  keep()
  now.boxes.push(fitted({ left: x - width / 2, top: y - height / 2, width, height }))
  draw(now.boxes.length - 1)
  tell(words.boxAdded)
}

function remove (number) {
  keep()
  now.boxes.splice(number, 1)
  draw(Math.min(number, now.boxes.length - 1))
  if (!now.boxes.length) find('add').focus()
  tell(words.boxRemoved)
}

function undo () {
  if (!now.past.length) return
  now.boxes = now.past.pop()
  draw()
  if (find('undo').disabled) find('add').focus()
  tell(words.undone)
}

// ---- Keyboard: arrows move the box, with Shift they change its size, Delete takes it away
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

function pressed (event) {
  const button = event.target.closest('[data-number]')
  if ((event.ctrlKey || event.metaKey) && event.key === 'z') {
    event.preventDefault()
    return undo()
  }
  if (!button) return
  const number = Number(button.dataset.number)
  if (['Delete', 'Backspace'].includes(event.key)) {
    event.preventDefault()
    return remove(number)
  }
  const way = ARROWS[event.key]
  if (!way) return
  event.preventDefault()
  if (!event.repeat) keep()
  const [dx, dy] = [way[0] * STEP / canvas.clientWidth, way[1] * STEP / canvas.clientHeight]
  const box = now.boxes[number]
  now.boxes[number] = (event.shiftKey ? resized : moved)(box, dx, dy)
  put(button, now.boxes[number])
  find('undo').disabled = find('use').disabled = false
  button.scrollIntoView({ block: 'nearest', inline: 'nearest' })
}

// ---- Pointer: drag a box, or its corner; a mouse draws a new one, a finger taps for one, so that dragging beside a box still scrolls
function grabbed (event) {
  if (event.button) return
  const button = event.target.closest('[data-number]')
  if (button) return hold(event, button)
  if (event.pointerType !== 'mouse') return
  event.preventDefault()
  const start = part(event)
  drag(event, area, (to) => outline(start, to), (to) => drawn(start, to))
}

function part (event) {
  const whole = canvas.getBoundingClientRect()
  return { x: within((event.clientX - whole.left) / whole.width, 0, 1), y: within((event.clientY - whole.top) / whole.height, 0, 1) }
}

function between (one, other) {
  const [left, top] = [Math.min(one.x, other.x), Math.min(one.y, other.y)]
  return { left, top, width: Math.abs(one.x - other.x), height: Math.abs(one.y - other.y) }
}

function outline (start, to) {
  find('outline').hidden = false
  put(find('outline'), between(start, to))
}

function drawn (start, to) {
  find('outline').hidden = true
  const box = between(start, to)
  if (Math.max(box.width * canvas.clientWidth, box.height * canvas.clientHeight) < 6) return add(to)
  keep()
  now.boxes.push(fitted(box))
  draw(now.boxes.length - 1)
  tell(words.boxAdded)
}

function hold (event, button) {
  event.preventDefault()
  button.focus({ preventScroll: true })
  const number = Number(button.dataset.number)
  const [start, box] = [part(event), { ...now.boxes[number] }]
  const change = event.target.closest('[data-corner]') ? resized : moved
  const dragged = (to) => change(box, to.x - start.x, to.y - start.y)
  drag(event, button, (to) => put(button, dragged(to)), (to) => {
    keep()
    now.boxes[number] = dragged(to)
    draw(number)
  })
}

function drag (event, target, onMove, onEnd) {
  target.setPointerCapture(event.pointerId)
  const move = (next) => { if (now) onMove(part(next)) }
  const end = (next) => {
    target.removeEventListener('pointermove', move)
    for (const type of ['pointerup', 'pointercancel']) target.removeEventListener(type, end)
    find('outline').hidden = true
    if (now && next.type === 'pointerup') onEnd(part(next))
    else if (now) draw()
  }
  target.addEventListener('pointermove', move)
  for (const type of ['pointerup', 'pointercancel']) target.addEventListener(type, end)
}

function tapped (event) {
  if (event.pointerType === 'mouse' || !event.isTrusted || event.target.closest('[data-number]')) return
  add(part(event))
}

// ---- The copy that is sent
async function use () {
  const mine = now
  const { file, boxes, picture, done } = mine
  find('use').disabled = true
  const copy = boxes.length ? await covered(file, picture, boxes) : file
  if (now !== mine) return
  find('use').disabled = false
  if (!copy) return tell(words.coverFailed)
  close()
  done(copy, boxes)
}

async function covered (file, picture, boxes) {
  const full = Object.assign(document.createElement('canvas'), { width: picture.naturalWidth, height: picture.naturalHeight })
  const pen = full.getContext('2d')
  if (!pen) return null
  const isPng = file.type === 'image/png'
  if (!isPng) Object.assign(pen, { fillStyle: '#fff' }).fillRect(0, 0, full.width, full.height)
  pen.drawImage(picture, 0, 0)
  pen.fillStyle = FILL
  for (const box of boxes) fillWhole(pen, box.left * full.width, box.top * full.height, box.width * full.width, box.height * full.height)
  const blob = await encoded(full, isPng)
  return blob && new File([blob], nameOfCopy(file.name, blob.type), { type: blob.type })
}

const nameOfCopy = (name, type) => (name.replace(/\.[^.]*$/, '') || 'picture') + (type === 'image/png' ? '.png' : '.jpg')

// To whole pixels, outward: no half-covered edge is left.
function fillWhole (pen, left, top, width, height) {
  const [x, y] = [Math.floor(left), Math.floor(top)]
  pen.fillRect(x, y, Math.ceil(left + width) - x, Math.ceil(top + height) - y)
}

// A screenshot stays exact as long as it fits; null where this device has no memory for a canvas of that size.
async function encoded (full, isPng) {
  const most = Number(words.maxMb) * MEGA
  const ways = [...(isPng ? [['image/png']] : []), ...PHOTO_QUALITIES.map((quality) => ['image/jpeg', quality])]
  for (const way of ways) {
    const blob = await new Promise((resolve) => full.toBlob(resolve, ...way))
    if (!blob || blob.size <= most) return blob
  }
  return null
}

// What browser/units asks
if (typeof module !== 'undefined') module.exports = { between, fitted, moved, resized, fillWhole, encoded, nameOfCopy }

// ---- Ways in
document.addEventListener('evidence:redact', ({ detail }) => open(detail))
area.addEventListener('pointerdown', grabbed)
area.addEventListener('click', tapped)
dialog.addEventListener('keydown', pressed)
dialog.addEventListener('close', close)
find('add').onclick = () => add()
find('undo').onclick = undo
find('use').onclick = use
find('cancel').onclick = close
find('remove').onclick = () => remove(now.selected)
list.addEventListener('focusin', (event) => choose(Number(event.target.closest('[data-number]').dataset.number)))
