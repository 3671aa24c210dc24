// Stands in while no network answers: shows open pages that were loaded before, and else a page that says so.
// self.kept comes before this text: name (of the cache), offline (that page), pages (may be kept), files, prefix (of all static files).
(function () {
  'use strict'

  const mayKeep = (kept, url, response) => !url.search && kept.pages.includes(url.pathname) && response.ok && !response.redirected &&
    !/no-store/.test(response.headers.get('Cache-Control') || '')
  const isFile = (kept, url) => url.pathname.startsWith(kept.prefix)
  if (typeof module !== 'undefined') { module.exports = { mayKeep, isFile }; return } // what browser/units asks

  const kept = self.kept
  const open = () => caches.open(kept.name)
  const stored = (request) => open().then((cache) => cache.match(request, { ignoreVary: true }))

  async function prepare () {
    const cache = await open()
    await cache.addAll(kept.files)
    await cache.put(kept.offline, await fetch(kept.offline, { credentials: 'omit' })) // nobody's name on it
    await self.skipWaiting()
  }

  async function forgetOthers () {
    const names = await caches.keys()
    await Promise.all(names.filter((name) => name !== kept.name).map((name) => caches.delete(name)))
    await self.clients.claim()
  }

  async function page (request) {
    try {
      const response = await fetch(request)
      if (request.method === 'GET' && mayKeep(kept, new URL(request.url), response)) await (await open()).put(request.url, response.clone())
      return response
    } catch {
      return (request.method === 'GET' && await stored(request.url)) || stored(kept.offline)
    }
  }

  async function file (request) {
    try {
      const response = await fetch(request)
      if (response.ok) await (await open()).put(request.url, response.clone())
      return response
    } catch (error) {
      const copy = await stored(request.url)
      if (copy) return copy
      throw error
    }
  }

  self.addEventListener('install', (event) => event.waitUntil(prepare()))
  self.addEventListener('activate', (event) => event.waitUntil(forgetOthers()))
  self.addEventListener('fetch', function (event) {
    const url = new URL(event.request.url)
    if (url.origin !== self.location.origin) return
    if (event.request.mode === 'navigate') event.respondWith(page(event.request))
    else if (event.request.method === 'GET' && isFile(kept, url)) event.respondWith(file(event.request))
  })
})()
