// A bill is sent with its progress: first the sending, then the lines read. Without this the form is sent as any other.
const form = document.querySelector('form[data-bill]')

const say = (text) => { form.querySelector('[data-bill-told]').textContent = text }

const filled = (pattern, value) => pattern.replace('%s', value).replace('%%', '%')

const asks = () => setInterval(async () => {
  const answer = await fetch(form.dataset.progress).catch(() => null)
  if (answer?.ok) {
    const { lines } = await answer.json()
    if (lines) say(filled(form.dataset.reading, lines.toLocaleString(document.documentElement.lang)))
  }
}, 700)

form?.addEventListener('submit', (event) => {
  event.preventDefault()
  const button = form.querySelector('button')
  const request = new XMLHttpRequest()
  let asking
  const broken = () => {
    clearInterval(asking)
    button.disabled = false
    say(form.dataset.broken)
  }
  request.upload.addEventListener('progress', ({ loaded, total }) => say(filled(form.dataset.sending, Math.round(100 * loaded / total))))
  request.upload.addEventListener('load', () => { asking = asks() })
  request.addEventListener('error', broken)
  request.addEventListener('load', () => {
    clearInterval(asking)
    // What came back is a whole page: of the bill, or the form with what is wrong.
    if (request.responseURL !== form.action) location.assign(request.responseURL)
    else form.submit()
  })
  request.open('POST', form.action)
  request.send(new FormData(form))
  button.disabled = true
})
