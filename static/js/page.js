// Small comforts every page shares: menus close, forms are sent once, dangerous buttons ask, failed requests say so.
(function () {
  'use strict'

  const isSecondPress = (sentAt, now) => Boolean(sentAt) && now - Number(sentAt) < 5000
  const reasonOf = (status) => status === 429 ? 'slower' : status ? 'broke' : 'offline'
  const namesWhatToMend = (status) => [400, 409, 422].includes(status)
  if (typeof module !== 'undefined') module.exports = { isSecondPress, reasonOf, namesWhatToMend } // what browser/units asks

  // ---- Menus (details.menu): Escape and a click elsewhere close them
  function closeMenus (except) {
    document.querySelectorAll('details.menu[open]').forEach(function (menu) {
      if (menu !== except) menu.open = false
    })
  }

  document.addEventListener('click', function (event) {
    closeMenus(event.target.closest('details.menu'))
  })

  document.addEventListener('keydown', function (event) {
    const menu = event.key === 'Escape' && event.target.closest('details.menu[open]')
    if (!menu) return
    menu.open = false
    menu.querySelector('summary').focus()
  })

  // ---- Parts behind their heading (details.fold): open where the address or a link leads into them
  function unfold () {
    const target = location.hash && document.getElementById(location.hash.slice(1))
    const fold = target && (target.closest('details.fold') || target.closest('.panel')?.querySelector('details.fold'))
    if (!fold || fold.open) return
    fold.open = true
    target.scrollIntoView()
  }

  window.addEventListener('hashchange', unfold)
  unfold()

  document.addEventListener('click', function (event) {
    const link = event.target.closest('a[href^="#"]')
    if (link && link.hash === location.hash) unfold()
  })

  // ---- A field that answers while one types goes to the top of a phone: the keyboard covers the lower half
  document.addEventListener('focusin', function (event) {
    const part = event.target.closest('[data-to-top]')
    if (part && event.target.matches('input') && window.matchMedia('(max-width: 40rem)').matches) part.scrollIntoView()
  })

  // ---- Forms: data-confirm asks first; a second press within five seconds is the same press
  document.addEventListener('submit', function (event) {
    const form = event.target
    const question = (event.submitter && event.submitter.dataset.confirm) || form.dataset.confirm
    if (question && !window.confirm(question)) {
      event.preventDefault()
      return
    }
    if (form.method !== 'post' || event.defaultPrevented) return
    if (isSecondPress(form.dataset.sent, Date.now())) {
      event.preventDefault()
      return
    }
    form.dataset.sent = Date.now()
  })

  window.addEventListener('pageshow', function () {
    document.querySelectorAll('form[data-sent]').forEach(function (form) { delete form.dataset.sent })
  })

  // ---- A button that ticks its whole group; without this script the boxes are ticked one by one
  document.querySelectorAll('[data-tick-all]').forEach(function (button) {
    button.hidden = false
    button.addEventListener('click', function () {
      button.closest('fieldset').querySelectorAll('input[type=checkbox]').forEach(function (box) { box.checked = true })
    })
  })

  // ---- A button that copies what stands in an element; without a clipboard it is not there
  document.querySelectorAll('[data-copy]').forEach(function (button) {
    if (!navigator.clipboard) return
    button.hidden = false
    button.addEventListener('click', async function () {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent)
      button.parentElement.querySelector('[data-copy-status]').textContent = button.dataset.copied
    })
  })

  // ---- Requests of htmx that fail: say it in words, keep what was typed
  function say (reason) {
    const place = document.getElementById('request-failed')
    if (!place) return
    place.hidden = false
    place.querySelector('[data-text]').textContent = place.dataset[reason]
    place.scrollIntoView({ block: 'nearest' })
  }

  function sayFailure (event) {
    say(reasonOf(event.detail.xhr ? event.detail.xhr.status : 0))
  }

  // A passkey that was not shown, or a browser (or an address) that has none
  document.addEventListener('allauth.error', function (event) {
    event.preventDefault()
    say('passkey')
  })

  document.addEventListener('htmx:responseError', sayFailure)
  document.addEventListener('htmx:sendError', sayFailure)
  document.addEventListener('htmx:beforeRequest', function () {
    const place = document.getElementById('request-failed')
    if (place) place.hidden = true
  })
  // An answer that names the fields to mend comes with a status of 400, 409 or 422: show it like any other.
  document.addEventListener('htmx:beforeSwap', function (event) {
    if (namesWhatToMend(event.detail.xhr.status)) {
      event.detail.shouldSwap = true
      event.detail.isError = false
    }
  })

  // ---- Without a network: a worker stands in (offline-worker.js). Where a browser refuses it, pages are as they were.
  const manifest = document.querySelector('link[rel="manifest"][data-worker]')
  if (manifest && navigator.serviceWorker) {
    window.addEventListener('load', function () {
      navigator.serviceWorker.register(manifest.dataset.worker).catch(function () {})
    })
  }
})()
