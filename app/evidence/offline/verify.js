"use strict";
(async () => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const text = (words) => new TextEncoder().encode(words);
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
  const sha256 = async (content) => hex(await crypto.subtle.digest("SHA-256", content));

  let faults = 0;
  function say(list, words, kind) {
    const line = document.createElement("li");
    line.textContent = words;
    line.className = kind;
    document.getElementById(list).append(line);
    if (kind === "bad") faults += 1;
  }

  // Each entry is what its digest says, in its place, behind the one before it.
  async function chain() {
    let previous = "0".repeat(64);
    for (const [place, entry] of data.chain.entries()) {
      const number = place + 1;
      if ((await sha256(text(entry.body))) !== entry.hash) return `第 ${number} 条记录：内容与其散列值不符，被改动`;
      const said = JSON.parse(entry.body);
      if (said.seq !== number || said.stream !== data.stream) return `第 ${number} 条记录：不在原来的位置`;
      if (said.prev !== previous) return `第 ${number} 条记录：与前一条接不上`;
      previous = entry.hash;
    }
    return "";
  }

  // What the journal says is what its entry took down: in plain words, or as a digest under the row's salt.
  async function journal() {
    const rows = new Map(data.journal.map((row) => [row.seq, row]));
    const facts = data.chain.map((entry) => JSON.parse(entry.body).facts);
    const erased = new Set(facts.flatMap((each) => each.erased ?? []));
    for (const [place, each] of facts.entries()) {
      for (const fact of each.steps ?? []) {
        const row = rows.get(fact.seq);
        if (!row) return `第 ${place + 1} 条记录：流转记录第 ${fact.seq} 条缺失`;
        rows.delete(fact.seq);
        for (const [name, value] of Object.entries(fact)) {
          if (erased.has(fact.seq) && ["answers", "opinion", "late_reason"].includes(name)) continue;
          const digest = name in row.words ? await sha256(text(row.salt + row.words[name])) : null;
          const same = digest === null ? JSON.stringify(row.plain[name]) === JSON.stringify(value) : digest === value;
          if (!same) return `第 ${place + 1} 条记录：流转记录第 ${fact.seq} 条与当时登记的不符`;
        }
      }
    }
    return rows.size ? "流转记录中多出了没有登记过的内容" : "";
  }

  async function version() {
    // A case may have been moved to another version: the entry that said so last counts.
    const said = data.chain.map((entry) => JSON.parse(entry.body).facts.bundle).filter(Boolean).at(-1);
    return (await sha256(text(data.version))) === said ? "" : "流程图等与办件所用版本的摘要不符";
  }

  async function inclusion() {
    const { leaf, proof, body, hash } = data.seal;
    if ((await sha256(text(body))) !== hash) return "封存内容与其散列值不符";
    if (data.chain[leaf[1] - 1]?.hash !== leaf[2]) return `第 ${leaf[1]} 条记录：与封存时的不符`;
    let digest = await sha256(joined([0], text(JSON.stringify(leaf))));
    for (const [side, other] of proof) {
      const pair = side === "left" ? [bytes(other), bytes(digest)] : [bytes(digest), bytes(other)];
      digest = await sha256(joined([1], ...pair));
    }
    return digest === JSON.parse(body).root ? "" : "封存的根与本办件的链不符";
  }

  async function signature() {
    const { body, signature: signed } = data.seal;
    const said = JSON.parse(body);
    if (said.key !== data.key) return "封存所用密钥不是所附公钥";
    const key = await crypto.subtle.importKey("raw", bytes(data.key), { name: "Ed25519" }, false, ["verify"]);
    const good = await crypto.subtle.verify({ name: "Ed25519" }, key, bytes(signed), text(body));
    return good ? "" : "封存的签名核验不通过";
  }

  async function check(name, run) {
    let fault;
    try {
      fault = await run();
    } catch (error) {
      if (error.name === "NotSupportedError") {
        say("checks", `${name}：此浏览器不支持 Ed25519，签名未核验；请换用新版浏览器，或用公钥另行核验`, "open");
        return false;
      }
      fault = "内容不是有效的记录";
    }
    say("checks", fault ? `${name}：${fault}` : `${name}：通过`, fault ? "bad" : "good");
    return true;
  }

  function conclude(whole) {
    const verdict = document.getElementById("verdict");
    verdict.className = faults || !whole ? "bad" : "good";
    if (faults) verdict.textContent = `核验不通过：有 ${faults} 处不符，见下`;
    else verdict.textContent = whole ? "全部核验通过" : "已核验的部分通过，另有未能核验的部分，见下";
  }

  function show() {
    for (const row of data.journal) {
      const line = document.getElementById("journal").insertRow();
      const said = [row.seq, row.at, row.plain.name ?? row.name, row.plain.actor, row.plain.conclusion ?? ""];
      for (const cell of said) line.insertCell().textContent = cell;
    }
  }

  async function compare(event) {
    for (const file of event.target.files) {
      const known = data.files[await sha256(await file.arrayBuffer())];
      say("compared", known ? `${file.name}：与登记的“${known}”一致` : `${file.name}：不在本证据包登记之列`, known ? "good" : "bad");
    }
  }

  if (!globalThis.crypto?.subtle) {
    document.getElementById("verdict").textContent = "此浏览器没有 WebCrypto，不能核验；请换用新版浏览器打开本文件";
    return;
  }
  show();
  let whole = await check("审计链", chain);
  whole = (await check("流转记录", journal)) && whole;
  whole = (await check("流程版本", version)) && whole;
  if (data.seal) {
    whole = (await check("夜间封存", inclusion)) && whole;
    if (data.algorithm === "ed25519") whole = (await check("封存签名", signature)) && whole;
    else whole = say("checks", "封存签名：SM2 签名浏览器不能核验，请用国密工具核验", "open") ?? false;
  } else {
    whole = say("checks", "夜间封存：本办件尚未封存，下次封存后可重新取证", "open") ?? false;
  }
  if (data.gap) whole = say("checks", data.gap, "open") ?? false;
  document.getElementById("files").addEventListener("change", compare);
  conclude(whole);
})();
