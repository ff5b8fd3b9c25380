// Progress moves by itself. When a run goes on to something else, the page is loaded anew.
const SEEN_MS = 2000
const SLOWEST_MS = 10000
const HIDDEN_MS = 30000
let stopped = false

function follower(place) {
  const [bar, text] = [place.querySelector('progress'), place.querySelector('[data-text]')]
  const [waiting, spoken] = [place.querySelector('[data-waiting]'), place.querySelector('[role=status]')]
  let announced = 0
  return now => {
    if (bar && now.total > 0) {
      bar.max = now.total
      bar.value = now.done
      // Read out at every quarter only.
      const quarter = Math.floor((4 * now.done) / now.total)
      if (quarter > announced && spoken) spoken.textContent = now.text
      announced = Math.max(announced, quarter)
    }
    if (text) text.textContent = now.text
    if (waiting) {
      waiting.hidden = !now.waiting
      waiting.textContent = now.waiting ?? ''
    }
  }
}

function follow(url, places) {
  const followers = places.map(follower)
  // With these, an answer that says nothing new is short, and a run that does not move is asked for less often.
  let etag = null
  let pause = SEEN_MS
  const poll = async () => {
    if (stopped) return
    try {
      const headers = { Accept: 'application/json', 'Cache-Control': 'max-age=0' }
      const answer = await fetch(url, { headers: etag ? { ...headers, 'If-None-Match': etag } : headers })
      if (answer.status === 401 || answer.status === 403) return location.reload()
      if (answer.status === 304) pause = Math.min(1.5 * pause, SLOWEST_MS)
      else {
        if (!answer.ok) throw new Error('no progress to show')
        const now = await answer.json()
        if (places.some(place => place.dataset.phase !== now.phase)) return location.reload()
        for (const show of followers) show(now)
        etag = answer.headers.get('etag')
        pause = SEEN_MS
      }
    } catch {
      // the next try may succeed
    }
    setTimeout(poll, document.hidden ? HIDDEN_MS : pause)
  }
  setTimeout(poll, SEEN_MS)
}

const places = [...document.querySelectorAll('[data-poll]')]
for (const url of new Set(places.map(place => place.dataset.poll)))
  follow(
    url,
    places.filter(place => place.dataset.poll === url),
  )

if (places.length > 0) {
  const stop = document.createElement('button')
  stop.type = 'button'
  stop.className = 'small'
  stop.textContent = '自動での再読み込みを停止'
  stop.addEventListener('click', () => {
    stopped = true
    stop.remove()
  })
  document.querySelector('[data-stop]')?.append(stop)
}
