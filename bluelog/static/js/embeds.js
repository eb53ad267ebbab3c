/** Videos of others play in their place, once a reader asks for one: until then nobody is asked. */
(function () {
  'use strict';

  const { play } = document.currentScript.dataset;
  const PLAYERS = {
    youtube: ['YouTube', (id) => `https://www.youtube-nocookie.com/embed/${id}?autoplay=1`],
    vimeo: ['Vimeo', (id) => `https://player.vimeo.com/video/${id}?autoplay=1&dnt=1`],
    bilibili: ['Bilibili', (id) => `https://player.bilibili.com/player.html?bvid=${id}&autoplay=1`],
  };

  function offer(link) {
    const [name, id] = link.dataset.embed.split(':');
    const [label, address] = PLAYERS[name] || [];
    if (!address) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = play.replace('{name}', label);
    button.addEventListener('click', () => open(button, address(id), link.textContent));
    link.after(button);
  }

  function open(button, address, title) {
    const frame = document.createElement('iframe');
    frame.src = address;
    frame.title = title;
    frame.allow = 'autoplay; fullscreen; encrypted-media; picture-in-picture';
    frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-popups allow-presentation');
    button.replaceWith(frame);
    frame.focus();
  }

  document.querySelectorAll('a[data-embed]').forEach(offer);
})();
