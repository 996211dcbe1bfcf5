// Applications have this page in a frame and ask it whether the session of the browser has changed since they got their session_state
// (OpenID Connect Session Management 1.0, section 4.2). It has no newer syntax than it must, and its own SHA-256: the browser's is not to
// be had by plain http.
(function () {
  var limit = 2000; // characters of a message
  var name = document.documentElement.getAttribute("data-cookie");

  function browserState() {
    var all = document.cookie.split("; ");
    for (var i = 0; i < all.length; i++) {
      if (all[i].indexOf(name + "=") === 0) return all[i].slice(name.length + 1);
    }
    return ""; // the browser blocks it, or nobody has ever signed in: that is no change
  }

  // FIPS 180-4, of a text of ASCII characters; in hexadecimal digits.
  function sha256(text) {
    var constants = [], state = [], words = [], primes = 0, candidate = 2, i, j;
    for (; primes < 64; candidate++) {
      for (i = 2; i * i <= candidate && candidate % i !== 0; i++);
      if (i * i <= candidate) continue;
      if (primes < 8) state[primes] = (Math.pow(candidate, 1 / 2) * 4294967296) | 0;
      constants[primes] = (Math.pow(candidate, 1 / 3) * 4294967296) | 0;
      primes++;
    }
    var bits = text.length * 8;
    text += "\x80";
    while (text.length % 64 !== 56) text += "\x00";
    for (i = 0; i < text.length; i++) words[i >> 2] |= text.charCodeAt(i) << (24 - (i % 4) * 8);
    words.push(0, bits);
    function turn(value, by) { return (value >>> by) | (value << (32 - by)); }
    for (j = 0; j < words.length; j += 16) {
      var w = words.slice(j, j + 16), s = state.slice();
      for (i = 0; i < 64; i++) {
        if (i >= 16) {
          var a = w[i - 15], b = w[i - 2];
          w[i] = (w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + w[i - 7] + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10))) | 0;
        }
        var one = (s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + constants[i] + w[i]) | 0;
        var two = ((turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]))) | 0;
        s = [(one + two) | 0, s[0], s[1], s[2], (s[3] + one) | 0, s[4], s[5], s[6]];
      }
      for (i = 0; i < 8; i++) state[i] = (state[i] + s[i]) | 0;
    }
    var hex = "";
    for (i = 0; i < 8; i++) hex += ("00000000" + (state[i] >>> 0).toString(16)).slice(-8);
    return hex;
  }

  function compare(message, origin) {
    if (typeof message !== "string" || message.length > limit) return "error";
    var parts = message.split(" ");
    var salt = parts.length === 2 ? parts[1].split(".")[1] : "";
    var state = browserState();
    if (!parts[0] || !salt || !state || /[^\x21-\x7e]/.test(parts[0] + origin + salt)) return "error";
    return sha256(parts[0] + " " + origin + " " + state + " " + salt) + "." + salt === parts[1] ? "unchanged" : "changed";
  }

  window.addEventListener("message", function (event) {
    if (!event.source || !event.origin || event.origin === "null") return;
    event.source.postMessage(compare(event.data, event.origin), event.origin);
  });
})();
