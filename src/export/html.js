// The table of functions: a click on a head sorts, the field filters.
"use strict";
(function () {
	const table = document.querySelector("#functions");
	const body = table.tBodies[0];
	const rows = [...body.rows];
	const filter = document.querySelector("#filter");
	let column = 0, up = false;

	function key(row) {
		const cell = row.cells[column];
		return cell.classList.contains("n") ? Number(cell.textContent) : cell.textContent;
	}

	function order(a, b) {
		const x = key(a), y = key(b);
		return (x < y ? -1 : x > y ? 1 : 0) * (up ? 1 : -1);
	}

	for (const head of table.tHead.rows[0].cells)
		head.addEventListener("click", () => {
			up = head.cellIndex === column ? !up : !head.classList.contains("n");
			column = head.cellIndex;
			body.append(...rows.sort(order));
		});

	filter.addEventListener("input", () => {
		const words = filter.value.toLowerCase();
		for (const row of rows)
			row.hidden = !row.lastElementChild.textContent.toLowerCase().includes(words);
	});
})();
