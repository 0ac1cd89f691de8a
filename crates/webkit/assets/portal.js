/* Reads a guide aloud, where the browser has a Chinese voice of its own: nothing is sent anywhere. Without one, the button stays hidden
   and the visitor's own reading software finds headings, lists and tables. */
(function () {
  "use strict";
  var button = document.querySelector("[data-read]"), talk = window.speechSynthesis;
  if (!button || !talk || !window.SpeechSynthesisUtterance) return;
  var parts = [], at = 0, reading = false, words = button.textContent;
  function voice() {
    return talk.getVoices().filter(function (it) { return it.localService && /^(zh|cmn)/i.test(it.lang); })[0];
  }
  function show() { button.hidden = !voice(); }
  function stop() {
    reading = false;
    talk.cancel();
    button.textContent = words;
    if (parts[at]) parts[at].classList.remove("reading");
  }
  function next() {
    if (parts[at]) parts[at].classList.remove("reading");
    at += 1;
    if (!reading || at >= parts.length) return stop();
    parts[at].classList.add("reading");
    var said = new SpeechSynthesisUtterance(parts[at].textContent);
    said.lang = "zh-CN";
    said.voice = voice();
    said.onend = next;
    said.onerror = stop;
    talk.speak(said);
  }
  button.addEventListener("click", function () {
    if (reading) return stop();
    parts = Array.prototype.slice.call(document.querySelectorAll("main h1, main h2, main h3, main p, main li, main dt, main dd, main summary"));
    parts = parts.filter(function (it) { return it.offsetParent !== null && !it.closest("nav, form") && !it.querySelector("p, li, dd, h3"); });
    at = -1;
    reading = true;
    button.textContent = "停止朗读";
    next();
  });
  window.addEventListener("pagehide", stop);
  talk.addEventListener && talk.addEventListener("voiceschanged", show);
  show();
})();
