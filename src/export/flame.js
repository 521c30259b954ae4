// The flamegraph in a browser.  It stands in the picture itself, and reads the frames from there: no
// data is in this text.  Without it the picture is complete, but still.
"use strict";
(function () {
	const SVG = "http://www.w3.org/2000/svg", HTML = "http://www.w3.org/1999/xhtml";
	const ROW = 17, CHAR = 7.23;
	const svg = document.querySelector(".pst-flame");
	const group = svg.querySelector(".pst-frames");
	const top = Number(group.getAttribute("data-top"));
	const details = svg.querySelector(".pst-details");
	const matched = svg.querySelector(".pst-matched");
	let nodes = [], shown = [], zoomed, here, flipped = false, inverted = false, pattern = null;

	// ---- reading ----------------------------------------------------------------------

	function node(label, parent, total, own, color) {
		const n = {label, parent, total, own, color, kids: [], depth: parent ? parent.depth + 1 : 0};
		if (parent)
			parent.kids.push(n);
		return n;
	}

	// Frames stand in the order of a walk, each with its depth.
	function read() {
		const path = [];
		for (const g of group.children) {
			const depth = Number(g.getAttribute("data-d"));
			const total = Number(g.getAttribute("data-t"));
			const own = g.hasAttribute("data-o") ? Number(g.getAttribute("data-o")) : total;
			const words = g.querySelector("title").textContent;
			const n = node(words.slice(0, words.indexOf("\n")), path[depth - 1] || null, total, own,
				       g.querySelector("rect").getAttribute("fill"));
			n.words = words;
			n.element = g;
			path[depth] = n;
			path.length = depth + 1;
			nodes.push(n);
		}
	}

	// The same with the leaves as roots, and who called them below.
	function invert(from) {
		const root = node(from.label, null, from.total, 0, from.color), all = [root];
		const places = new Map([[root, new Map()]]);
		(function walk(n) {
			if (n.own > 0 && n.parent) {
				let at = root;
				for (let k = n; k.parent; k = k.parent) {
					let next = places.get(at).get(k.label);
					if (!next) {
						next = node(k.label, at, 0, 0, k.color);
						places.get(at).set(k.label, next);
						places.set(next, new Map());
						all.push(next);
					}
					next.total += n.own;
					at = next;
				}
				at.own += n.own;
			}
			n.kids.forEach(walk);
		})(from);
		all.forEach((n) => n.kids.sort((a, b) => b.total - a.total || (a.label < b.label ? -1 : 1)));
		return all;
	}

	// ---- drawing ----------------------------------------------------------------------

	function percent(n, of) {
		return (of ? 100 * n / of : 0).toFixed(2) + " %";
	}

	function make(n) {
		const g = document.createElementNS(SVG, "g"), title = document.createElementNS(SVG, "title");
		const rect = document.createElementNS(SVG, "rect");
		n.words = n.label + "\n" + percent(n.total, shown[0].total) + ", callers upwards from it: " +
			  percent(n.own, shown[0].total);
		title.textContent = n.words;
		rect.setAttribute("height", ROW - 1);
		rect.setAttribute("fill", n.color);
		g.append(title, rect);
		n.element = g;
		group.append(g);
	}

	function prepare(list) {
		let deepest = 0;
		const there = shown === list || (list === nodes && !shown.length);
		shown = list;
		if (!there)
			group.replaceChildren();
		for (const n of list) {
			if (!n.element)
				make(n);
			else if (!there)
				group.append(n.element);
			n.rect = n.element.querySelector("rect");
			n.text = n.element.querySelector("text");
			n.element.pst = n;
			deepest = Math.max(deepest, n.depth);
		}
		group.deepest = deepest;
		zoomed = here = list[0];
	}

	function place(n, x, width, above, wide) {
		const y = top + (flipped ? group.deepest - n.depth : n.depth) * ROW;
		const pixels = width * wide, room = Math.floor((pixels - 6) / CHAR);
		n.x = x;
		n.width = width;
		n.y = y;
		n.visible = true;
		n.element.removeAttribute("display");
		n.element.classList.toggle("pst-above", above);
		n.rect.setAttribute("x", 100 * x + "%");
		n.rect.setAttribute("width", Math.max(100 * width, 0.01) + "%");
		n.rect.setAttribute("y", y);
		if (room < 3) {
			if (n.text)
				n.text.setAttribute("display", "none");
			return;
		}
		if (!n.text) {
			n.text = document.createElementNS(SVG, "text");
			n.text.setAttribute("dx", 3);
			n.element.append(n.text);
		}
		n.text.removeAttribute("display");
		n.text.setAttribute("x", 100 * x + "%");
		n.text.setAttribute("y", y + 12);
		n.text.textContent = n.label.length <= room ? n.label : n.label.slice(0, room - 1) + "…";
	}

	function draw() {
		const wide = svg.getBoundingClientRect().width || 1200;
		for (const n of shown) {
			n.visible = false;
			n.element.setAttribute("display", "none");
		}
		for (let n = zoomed.parent; n; n = n.parent)
			place(n, 0, 1, true, wide);
		(function walk(n, x, width) {
			place(n, x, width, false, wide);
			for (const kid of n.kids) {
				const part = n.total ? width * kid.total / n.total : 0;
				if (part * wide >= 0.1)
					walk(kid, x, part);
				x += part;
			}
		})(zoomed, 0, 1);
		mark();
		say(here);
	}

	function say(n) {
		shown.forEach((k) => k.element.classList.toggle("pst-here", k === n && n !== shown[0]));
		details.textContent = n ? n.words.replace("\n", " — ") : "";
	}

	// What was found, in the part that is shown; what stands under a match is in it already.
	function mark() {
		let sum = 0;
		for (const n of shown)
			n.element.classList.toggle("pst-found", !!pattern && pattern.test(n.label));
		(function walk(n) {
			if (pattern && pattern.test(n.label))
				sum += n.total;
			else
				n.kids.forEach(walk);
		})(zoomed);
		matched.textContent = pattern ? "Matched: " + percent(sum, zoomed.total) : "";
	}

	// ---- commands ---------------------------------------------------------------------

	function zoom(n) {
		zoomed = n;
		here = n;
		draw();
	}

	function search(text) {
		pattern = null;
		if (text) {
			const cases = /[A-Z]/.test(text) ? "" : "i";
			try {
				pattern = new RegExp(text, cases);
			} catch (e) {
				pattern = new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), cases);
			}
		}
		mark();
	}

	function next(step) {
		const found = shown.filter((n) => n.visible && pattern && pattern.test(n.label));
		if (found.length)
			select(found[(found.indexOf(here) + step + found.length) % found.length]);
	}

	function select(n) {
		if (!n)
			return;
		here = n;
		say(n);
	}

	function sideways(step) {
		const row = shown.filter((n) => n.visible && n.depth === here.depth).sort((a, b) => a.x - b.x);
		select(row[row.indexOf(here) + step]);
	}

	function inside() {
		select(here.kids.filter((n) => n.visible).sort((a, b) => b.total - a.total)[0]);
	}

	function reset() {
		pattern = null;
		input.value = "";
		flipped = inverted = false;
		prepare(nodes);
		draw();
	}

	const actions = {
		reset,
		flip() {
			flipped = !flipped;
			draw();
		},
		invert() {
			inverted = !inverted;
			prepare(inverted ? invert(nodes[0]) : nodes);
			draw();
		},
		out() {
			zoom(zoomed.parent || zoomed);
		},
	};
	const keys = {
		Enter: () => zoom(here),
		Backspace: actions.out,
		u: actions.out,
		Escape: () => pattern ? (input.value = "", search("")) : zoom(shown[0]),
		"/": () => input.focus(),
		r: reset,
		f: actions.flip,
		i: actions.invert,
		n: () => next(1),
		N: () => next(-1),
		ArrowLeft: () => sideways(-1),
		ArrowRight: () => sideways(1),
		ArrowDown: () => flipped ? select(here.parent) : inside(),
		ArrowUp: () => flipped ? inside() : select(here.parent),
	};
	keys.h = keys.ArrowLeft;
	keys.l = keys.ArrowRight;
	keys.j = keys.ArrowDown;
	keys.k = keys.ArrowUp;

	// ---- wiring -----------------------------------------------------------------------

	const input = document.createElementNS(HTML, "input");
	const frame = document.createElementNS(SVG, "foreignObject");
	for (const [name, value] of [["x", 10], ["y", 50], ["width", 220], ["height", 24]])
		frame.setAttribute(name, value);
	input.setAttribute("placeholder", "search (/), regular expression");
	input.setAttribute("aria-label", "search");
	frame.append(input);
	svg.append(frame);
	input.addEventListener("input", () => search(input.value));
	input.addEventListener("keydown", (e) => {
		e.stopPropagation();
		if (e.key === "Escape") {
			input.value = "";
			search("");
		}
		if (e.key === "Escape" || e.key === "Enter")
			input.blur();
	});

	function framed(e) {
		const g = e.target.closest && e.target.closest(".pst-frames > g");
		return g && g.pst;
	}

	group.addEventListener("click", (e) => framed(e) && zoom(framed(e)));
	group.addEventListener("mouseover", (e) => framed(e) && (details.textContent = framed(e).words.replace("\n", " — ")));
	group.addEventListener("mouseleave", () => say(here));
	for (const button of svg.querySelectorAll(".pst-button")) {
		button.removeAttribute("display");
		button.addEventListener("click", () => actions[button.getAttribute("data-do")]());
	}
	document.addEventListener("keydown", (e) => {
		if (e.ctrlKey || e.altKey || e.metaKey || /^(input|select|textarea)$/i.test(e.target.localName || "") || !keys[e.key])
			return;
		e.preventDefault();
		keys[e.key]();
	});
	window.addEventListener("resize", draw);

	svg.setAttribute("width", "100%");
	read();
	prepare(nodes);
	draw();
	svg.setAttribute("data-ready", nodes.length);
})();
