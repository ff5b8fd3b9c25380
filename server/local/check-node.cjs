// Plain enough for every Node.js there is: it runs before anything that an old one could not even read.
var needed = require('../../package.json').engines.node.replace('>=', '')
var parts = function (version) {
  return version.split('.').map(Number)
}
var has = parts(process.versions.node)
var needs = parts(needed)

if (has[0] < needs[0] || (has[0] === needs[0] && has[1] < needs[1])) {
  console.error('Renkei needs Node.js ' + needed + ' or newer; this is ' + process.versions.node + '.')
  process.exit(1)
}
