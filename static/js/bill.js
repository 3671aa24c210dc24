// A bill is sent with its progress: first the sending, then the lines read. Without this the form is sent as any other.
(function () {
  'use strict'

  const fill = (pattern, value) => pattern.replace('%s', value).replace('%%', '%')
  const percent = ({ loaded, total }) => Math.round(100 * loaded / total)
  if (typeof module !== 'undefined') module.exports = { fill, percent } // what browser/units asks

  const speaker = (form) => (text) => { form.querySelector('[data-bill-told]').textContent = text }

  const askForProgress = (form, say) => setInterval(async () => {
    const answer = await fetch(form.dataset.progress).catch(() => null)
    if (answer?.ok) {
      const { lines } = await answer.json()
      if (lines) say(fill(form.dataset.reading, lines.toLocaleString(document.documentElement.lang)))
    }
  }, 700)

  // The same page again, with what is wrong: shown as it came, for sending the file once more would only take long.
  const showRefusal = (page) => {
    const fresh = new DOMParser().parseFromString(page, 'text/html').querySelector('main')
    document.querySelector('main').replaceWith(fresh)
    fresh.querySelector('[role=alert]:not([hidden])')?.focus()
  }

  document.addEventListener('submit', (submission) => {
    const form = submission.target
    if (!form.matches('form[data-bill]')) return
    submission.preventDefault()
    const say = speaker(form)
    const button = form.querySelector('button')
    const request = new XMLHttpRequest()
    let asking
    const broken = () => {
      clearInterval(asking)
      button.disabled = false
      say(form.dataset.broken)
    }
    request.upload.addEventListener('progress', (event) => say(fill(form.dataset.sending, percent(event))))
    request.upload.addEventListener('load', () => { asking = askForProgress(form, say) })
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
})()
