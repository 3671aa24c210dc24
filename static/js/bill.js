// A bill is sent with its progress: first the sending, then the lines read. Without this the form is sent as any other.
const filled = (pattern, value) => pattern.replace('%s', value).replace('%%', '%')

const said = (form) => (text) => { form.querySelector('[data-bill-told]').textContent = text }

const asks = (form, say) => setInterval(async () => {
  const answer = await fetch(form.dataset.progress).catch(() => null)
  if (answer?.ok) {
    const { lines } = await answer.json()
    if (lines) say(filled(form.dataset.reading, lines.toLocaleString(document.documentElement.lang)))
  }
}, 700)

// The same page again, with what is wrong: shown as it came, for sending the file once more would only take long.
const showRefusal = (page) => {
  const fresh = new DOMParser().parseFromString(page, 'text/html').querySelector('main')
  document.querySelector('main').replaceWith(fresh)
  fresh.querySelector('[role=alert]:not([hidden])')?.focus()
}

document.addEventListener('submit', (event) => {
  const form = event.target
  if (!form.matches('form[data-bill]')) return
  event.preventDefault()
  const say = said(form)
  const button = form.querySelector('button')
  const request = new XMLHttpRequest()
  let asking
  const broken = () => {
    clearInterval(asking)
    button.disabled = false
    say(form.dataset.broken)
  }
  request.upload.addEventListener('progress', ({ loaded, total }) => say(filled(form.dataset.sending, Math.round(100 * loaded / total))))
  request.upload.addEventListener('load', () => { asking = asks(form, say) })
  request.addEventListener('error', broken)
  request.addEventListener('load', () => {
    clearInterval(asking)
    if (request.responseURL !== form.action) location.assign(request.responseURL)
    else showRefusal(request.responseText)
  })
  request.open('POST', form.action)
  request.send(new FormData(form))
  button.disabled = true
})
