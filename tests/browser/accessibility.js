({
  // What has the focus: its name, whether a ring is drawn round it (or round its label or its field's box), whether it is in sight.
  focused() {
    const element = document.activeElement;
    const { ariaLabel, innerText, placeholder } = element;
    const holds = element.matches("body, main"); // they take the focus to be scrolled; their text is no name
    const ring = [element, element.closest("label"), element.closest('[data-testid="stTextInputRootElement"], [data-testid="stChatInput"]')].some((one) => {
      if (!one) return false;
      const style = getComputedStyle(one);
      const box = one.getBoundingClientRect();
      const isDrawn = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
      return isDrawn && style.opacity !== "0" && style.visibility !== "hidden" && box.width > 8 && box.height > 8;
    });
    const box = element.getBoundingClientRect();
    return {
      tag: element.tagName,
      name: holds ? "" : (ariaLabel || innerText || placeholder || "").trim().slice(0, 80),
      markup: element.outerHTML.slice(0, 200),
      ring,
      shown: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
  },

  // What is wider than the window, or stands beyond its edge and cannot be scrolled to. What is for screen readers
  // only, or is put away in the closed sidebar, does not count.
  cutOff() {
    const wide = document.documentElement.scrollWidth - innerWidth;
    const found = wide > 0 ? [`the page is ${wide} pixels wider than its window`] : [];
    const scrolls = (element) => {
      for (let each = element.parentElement; each && each.tagName !== "MAIN"; each = each.parentElement) {
        if (/auto|scroll/.test(getComputedStyle(each).overflowX) && each.scrollWidth > each.clientWidth) return true;
      }
      return false;
    };
    const looked = "button, a, input, textarea, h1, h2, h3, p";
    for (const element of document.querySelectorAll(`main :is(${looked}), [role=dialog] :is(${looked})`)) {
      const box = element.getBoundingClientRect();
      const isShown = element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
      if (!isShown || box.width < 2 || scrolls(element)) continue;
      const markup = element.outerHTML.slice(0, 160);
      const isText = !element.matches("input, textarea"); // these can be moved through
      const isCut = isText && element.scrollWidth > element.clientWidth + 2 && element.clientWidth > 0;
      const style = getComputedStyle(element);
      if (box.left < -1 || box.right > innerWidth + 1) {
        found.push(`from ${Math.round(box.left)} to ${Math.round(box.right)}: ${markup}`);
      } else if (isCut && /hidden|clip/.test(style.overflowX) && style.textOverflow !== "ellipsis") {
        found.push(`its text is cut: ${markup}`);
      }
    }
    return found;
  },
})
