// The applications of a session that has ended hear of it, each in a frame of its own, and then the page goes on. It has no newer
// syntax than it must: it runs wherever a browser of any age signs out.
(function () {
  var patience = 5000; // milliseconds: an application that takes longer counts as not reached
  var pause = 2000; // before the page asks again how far the server has come
  var list = document.getElementById("told");
  var items = list.getElementsByTagName("li");
  var next = list.getAttribute("data-next");
  var again = list.getAttribute("data-again");
  var waiting = 0;
  var over = false;

  function say(item, attribute) {
    item.getElementsByTagName("span")[0].textContent = list.getAttribute(attribute);
  }

  function goOn() {
    var missed = "";
    if (over) return;
    over = true;
    for (var i = 0; i < items.length; i++) {
      if (items[i].getAttribute("data-frame") && !items[i].hasAttribute("data-loaded")) {
        say(items[i], "data-failing");
        missed += "&missed=" + i;
      }
    }
    if (next) window.location.replace(next);
    else if (again) setTimeout(function () { window.location.replace(again + missed); }, pause);
  }

  function load(item) {
    var frame = document.createElement("iframe");
    frame.className = "told";
    frame.setAttribute("sandbox", "allow-scripts allow-same-origin");
    frame.setAttribute("referrerpolicy", "no-referrer");
    frame.setAttribute("title", item.getElementsByTagName("bdi")[0].textContent);
    frame.onload = function () {
      item.setAttribute("data-loaded", "");
      say(item, "data-reached");
      waiting--;
      if (waiting === 0) goOn();
    };
    frame.src = item.getAttribute("data-frame");
    document.body.appendChild(frame);
  }

  for (var i = 0; i < items.length; i++) {
    if (items[i].getAttribute("data-frame")) {
      waiting++;
      load(items[i]);
    }
  }
  if (waiting === 0) goOn();
  else setTimeout(goOn, patience);
})();
