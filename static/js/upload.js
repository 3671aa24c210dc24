// Evidence on its way: several files at once, each with its bar, taken up again after a broken line or a reload.
// Without this script the form is sent as it stands, files and all.
const place = document.getElementById('uploading')
const words = place.dataset
const memory = 'uploads:' + location.pathname
const BUSY = ['sending', 'waiting']
let coming = []

const formsIn = (root) => [...root.querySelectorAll('form[data-upload]')]
const of = (form) => coming.filter((each) => each.form === form)
const token = () => crypto.getRandomValues(new Uint32Array(4)).join('-')
const say = (text) => { place.querySelector('[data-said]').textContent = text }

// ---- One file: its row, and what stands there
function enter (form, file, more) {
  const row = place.querySelector('template').content.firstElementChild.cloneNode(true)
  const each = { form, file, row, name: file.name, size: file.size, offset: 0, tries: 0, token: token(), ...more }
  row.querySelector('[data-name]').textContent = each.name
  row.querySelector('progress').setAttribute('aria-label', each.name)
  row.querySelector('[data-cancel]').onclick = () => cancel(each)
  row.querySelector('[data-again]').onclick = () => again(each)
  row.querySelector('[data-another]').onclick = () => another(each)
  row.querySelector('[data-anyway]').onclick = () => anyway(each)
  row.querySelector('[data-cover]').onclick = () => cover(each)
  form.querySelector('[data-list]').append(row)
  coming.push(each)
  return each
}

function show (each, state, text, mendable = false) {
  each.state = each.row.dataset.state = state
  each.row.querySelector('[data-words]').textContent = text
  each.row.querySelector('[data-again]').hidden = !mendable
  each.row.querySelector('[data-another]').hidden = state !== 'warned' && !each.unfit
  each.row.querySelector('[data-anyway]').hidden = state !== 'warned'
  each.row.querySelector('[data-cover]').hidden = !each.canBeCovered || !['chosen', 'warned'].includes(state)
  each.row.querySelector('[data-cancel-label]').textContent = ['refused', 'warned'].includes(state) ? words.remove : words.cancel
  progress(each, each.offset)
  offerToAdd(each.form)
}

function offerToAdd (form) {
  form.querySelector('[type=submit]').hidden = goesAtOnce(form) && !of(form).some((each) => each.state === 'chosen')
}

function progress (each, bytes) {
  const percent = percentOf(bytes, each.size)
  const bar = each.row.querySelector('progress')
  bar.value = percent
  bar.hidden = ['looking', 'warned', 'chosen', 'refused'].includes(each.state)
  if (each.state === 'sending') each.row.querySelector('[data-words]').textContent = words.sending.replace('{0}', percent + '%')
}

const percentOf = (bytes, size) => Math.min(100, Math.floor(100 * bytes / size))

function reveal (form) {
  for (let fold = form.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true
}

function add (form, list) {
  reveal(form)
  const single = 'single' in form.dataset
  for (const file of single ? [...list].slice(-1) : [...list]) {
    const same = of(form).find((each) => (each.original || each.file).name === file.name && (each.original || each.file).size === file.size)
    if (single) of(form).filter((each) => each !== same && !BUSY.includes(each.state)).forEach(cancel)
    if (same && same.state === 'refused') drop(same)
    if (same && same.state === 'lost') goOn(same, file)
    else if (!same || same.state === 'refused') look(enter(form, file))
  }
  if (!goesAtOnce(form)) form.scrollIntoView({ block: 'nearest' })
}

function queue (form) {
  const open = of(form).filter((each) => ['warned', 'looking'].includes(each.state))
  open.forEach((each) => { each.wanted = each.state === 'looking' })
  for (const each of of(form)) if (each.state === 'chosen') show(each, 'queued', words.queued)
  const held = open.find((each) => each.state === 'warned')
  if (held) held.row.querySelector('[data-anyway]').focus()
  pump()
}

// ---- Before it is sent: a look at it here (file-check.js), parts of it covered (redact.js). Without those scripts nothing is held back.
const goesAtOnce = (form) => 'atOnce' in form.dataset && !form.querySelector('[data-cover-first]:checked')

async function look (each) {
  show(each, 'looking', words.looking)
  const asked = { file: each.file, form: each.form, answer: null }
  document.dispatchEvent(new CustomEvent('evidence:check', { detail: asked }))
  const { refused, warnings = [], canBeCovered = false } = await asked.answer || {}
  if (each.state !== 'looking') return
  Object.assign(each, { canBeCovered, unfit: Boolean(refused), warning: warnings.join(' ') })
  if (refused) show(each, 'refused', refused)
  else if (each.warning) show(each, 'warned', each.warning)
  else ready(each)
  if (refused || each.warning) say([each.name, refused || each.warning].join(words.colon))
}

function ready (each) {
  const { form } = each
  show(each, 'chosen', each.boxes ? words.covered : form.matches('[data-at-once]') ? words.chosenAlone : words.chosen)
  if (each.wanted || goesAtOnce(form)) return queue(form)
  if (each.canBeCovered && !each.offered && form.querySelector('[data-cover-first]:checked')) offer(each)
}

// Several chosen at once: the editor opens for the first, the others have their button.
function offer (each) {
  each.offered = true
  if (of(each.form).filter((other) => other.state === 'chosen').length === 1) cover(each)
}

function anyway (each) {
  if (each.state === 'warned') ready(each)
}

function another (each) {
  const { form } = each
  cancel(each)
  form.querySelector('[type=file]').click()
}

// Only the covered copy is sent. The picture itself stays at hand, so that a box can still be moved or taken away.
function cover (each) {
  const original = each.original || each.file
  const done = (file, boxes) => {
    if (!['chosen', 'warned'].includes(each.state)) return
    Object.assign(each, { original, file, boxes: boxes.length ? boxes : null, name: file.name, size: file.size })
    each.row.querySelector('[data-name]').textContent = each.name
    if (each.state === 'warned') show(each, 'warned', [each.boxes ? words.covered : '', each.warning].join(' ').trim())
    else ready(each)
  }
  document.dispatchEvent(new CustomEvent('evidence:redact', { detail: { file: original, boxes: each.boxes || [], done } }))
}

function pump () {
  for (const each of coming) {
    if (coming.filter((other) => BUSY.includes(other.state)).length >= 2) return
    if (each.state === 'queued') send(each)
  }
}

function drop (each) {
  coming = coming.filter((other) => other !== each)
  each.row.remove()
  offerToAdd(each.form)
  remember()
}

function cancel (each) {
  const { url, form } = each
  each.state = 'cancelled'
  if (each.xhr) each.xhr.abort()
  if (each.wake) each.wake()
  drop(each)
  if (url) fetch(url, { method: 'DELETE', headers: { 'X-CSRFToken': csrf(form) }, keepalive: true }).catch(() => {})
  pump()
}

function again (each) {
  if (each.state === 'lost') return each.form.querySelector('[type=file]').click()
  goOn(each, each.file)
}

function goOn (each, file) {
  Object.assign(each, { file, unsure: Boolean(each.url) })
  show(each, 'queued', words.queued)
  pump()
}

// ---- Sending: announce, then part after part; after a broken line ask how far it came
async function send (each) {
  show(each, 'sending', '')
  while (each.state === 'sending') {
    const [method, answer] = await step(each)
    if (each.state === 'cancelled') return
    const { status, data } = answer
    const meaning = meaningOf(each, method, answer)
    if (meaning === 'arrived') return arrived(each)
    if (meaning === 'wait') await wait(each, answer.after)
    else if (meaning === 'begin anew') Object.assign(each, { url: '', offset: 0, token: token(), renewed: true, unsure: false })
    else if (meaning === 'go back') each.offset = data.offset
    else if (meaning === 'refused') refuse(each, status, data)
    else advance(each, data)
  }
  pump()
}

// No status: the line broke. An address that is gone is asked for anew once, and no more.
function meaningOf ({ url, renewed }, method, { status, data }) {
  if (!status || status === 429 || status >= 500) return 'wait'
  if (status === 404 && url && !renewed) return 'begin anew'
  if (status === 409 && data?.code === 'UPLOAD_OFFSET') return 'go back'
  if (status >= 300 || !data) return 'refused'
  return data.item || (method === 'PATCH' && status === 201) ? 'arrived' : 'go on'
}

async function step (each) {
  if (!each.url) return ['POST', await request(each, 'POST', each.form.dataset.upload, fields(each))]
  if (each.unsure) return ['GET', await request(each, 'GET', each.url)]
  const part = each.file.slice(each.offset, each.offset + each.chunk)
  const headers = { 'Upload-Offset': each.offset, 'Content-Type': 'application/offset+octet-stream' }
  return ['PATCH', await request(each, 'PATCH', each.url, part, headers)]
}

function fields (each) {
  const data = new FormData(each.form)
  data.delete('file')
  Object.entries({ once: each.token, name: each.name, size: each.size }).forEach((said) => data.set(...said))
  return data
}

function request (each, method, url, body, headers = {}) {
  return new Promise((resolve) => {
    const xhr = each.xhr = new XMLHttpRequest()
    xhr.open(method, url)
    xhr.timeout = 120000
    Object.entries({ 'X-CSRFToken': csrf(each.form), ...headers }).forEach((header) => xhr.setRequestHeader(...header))
    if (body instanceof Blob) xhr.upload.onprogress = (event) => progress(each, each.offset + event.loaded)
    xhr.onloadend = () => resolve({ status: xhr.status, data: read(xhr), after: Number(xhr.getResponseHeader('Retry-After')) })
    xhr.send(body)
  })
}

const read = (xhr) => { try { return JSON.parse(xhr.responseText) } catch { return null } }

const csrf = (form) => form.querySelector('[name=csrfmiddlewaretoken]').value

function advance (each, data) {
  Object.assign(each, { url: data.url || each.url, offset: data.offset, chunk: data.chunk_size, unsure: false, tries: 0 })
  progress(each, each.offset)
  remember()
}

async function wait (each, seconds) {
  each.unsure = Boolean(each.url)
  show(each, 'waiting', words.waiting)
  const pause = pauseOf(seconds, each.tries)
  if (!seconds) each.tries += 1
  await new Promise((resolve) => { each.wake = resolve; setTimeout(resolve, pause) })
  if (each.state === 'waiting') show(each, 'sending', '')
}

// What the server asked for, in seconds; else twice as long each time, half a minute at most.
const pauseOf = (seconds, tries) => 1000 * (seconds || Math.min(30, 2 ** tries))

function arrived (each) {
  const { form } = each
  each.offset = each.size
  show(each, 'done', words.arrived)
  say(each.name + ': ' + words.arrived)
  remember()
  if (of(form).every((other) => other.state === 'done')) form.reset()
  document.addEventListener('evidence:shown', () => drop(each), { once: true })
  document.dispatchEvent(new Event('evidence:arrived'))
  pump()
}

// What is wrong with a field is said beside the file too; once mended, the same button sends it again.
function refuse (each, status, data) {
  const inputOf = (name) => name !== 'file' && each.form.querySelector(`[name="${CSS.escape(name)}"]`)
  const errors = Object.entries(data?.errors || {})
  const wrong = errors.map(([name]) => inputOf(name)).filter(Boolean)
  wrong.forEach((input) => input.setAttribute('aria-invalid', 'true'))
  const mend = wrong[0]
  const text = sentences(errors, (name) => labelOf(inputOf(name))) || data?.detail || words.signedOut
  if (status === 400) each.url = ''  // what nobody can mend is forgotten there too
  show(each, mend ? 'chosen' : 'refused', text, status !== 400)
  each.row.dataset.state = 'refused'
  say(each.name + ': ' + text)
  if (mend) mend.focus()
}

const labelOf = (input) => input && input.labels[0] ? input.labels[0].firstChild.textContent.trim() + words.colon : ''
const sentences = (errors, label) => errors.flatMap(([name, texts]) => texts.map((text) => label(name) + text)).join(' ')

// ---- After a reload: what was on its way is named, and goes on when its file is chosen again
function remember () {
  const open = coming.filter((each) => each.url && each.state !== 'done')
  const kept = open.map(({ url, name, size, form, boxes }) => ({ url, name, size, isCovered: Boolean(boxes), form: form.dataset.upload }))
  sessionStorage.setItem(memory, JSON.stringify(kept))
}

async function recall () {
  const kept = JSON.parse(sessionStorage.getItem(memory) || '[]')
  for (const { url, name, size, isCovered, form: address } of kept) {
    const form = formsIn(document).find((each) => each.dataset.upload === address)
    const data = form && await fetch(url).then((answer) => answer.ok ? answer.json() : null, () => ({ offset: 0 }))
    if (!data || data.item) continue
    const each = enter(form, { name, size }, { url, offset: data.offset, chunk: data.chunk_size, boxes: isCovered ? [] : null })
    if (isCovered) show(each, 'refused', words.coverAgain)  // the copy was in this page alone; its beginning goes when it is removed
    else show(each, 'lost', words.lost, true)
    reveal(form)
  }
  remember()
}

if (typeof module !== 'undefined') module.exports = { meaningOf, pauseOf, percentOf, sentences } // what browser/units asks

// ---- Ways in
document.addEventListener('change', (event) => {
  const form = event.target.closest('form[data-upload]')
  event.target.removeAttribute('aria-invalid')
  if (event.target.matches('[data-cover-first]')) prepare()
  if (!form || event.target.type !== 'file') return
  const chosen = [...event.target.files]
  event.target.value = ''
  add(form, chosen)
})

// Before page.js, which would take a second press for a second sending.
document.addEventListener('submit', (event) => {
  const form = event.target
  if (!form.dataset.upload || !of(form).length || of(form).every((each) => each.state === 'lost')) return
  event.preventDefault()
  queue(form)
}, true)

document.addEventListener('evidence:files', (event) => add(event.target, event.detail))

const tellLine = () => { place.querySelector('[data-offline]').hidden = navigator.onLine }
window.addEventListener('offline', tellLine)
window.addEventListener('online', tellLine)
window.addEventListener('online', () => coming.forEach((each) => each.wake && each.wake()))
window.addEventListener('beforeunload', (event) => {
  if (coming.some((each) => [...BUSY, each.boxes ? 'chosen' : ''].includes(each.state))) event.preventDefault()
})

function prepare () {
  for (const form of formsIn(document)) {
    form.classList.add('enhanced')
    const coverFirst = form.querySelector('[data-cover-way]')
    if (coverFirst) coverFirst.hidden = false
    offerToAdd(form)
  }
}

prepare()
tellLine()
document.addEventListener('evidence:shown', prepare)
recall()
