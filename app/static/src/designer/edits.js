// Reading and writing what an element carries: its BPMN attributes and the zeebe extensions. Every write is one
// step that can be undone; what we do not know stays as it was.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil.js';

class Several {
  preExecute({ steps }) {
    for (const step of steps) step();
  }
}

/** The reading and writing side of one modeler. */
export class Edits {
  constructor(modeler) {
    this.modeler = modeler;
    this.modeling = modeler.get('modeling');
    this.moddle = modeler.get('moddle');
    this.commands = modeler.get('commandStack');
    this.commands.registerHandler('designer.several', Several);
  }

  /** Several writes that are undone together. */
  together(...steps) {
    this.commands.execute('designer.several', { steps });
  }

  write(element, owner, values) {
    this.modeling.updateModdleProperties(element, owner, values);
  }

  /** The first extension of a kind, such as `zeebe:FormDefinition`. */
  extension(owner, type) {
    return (owner?.extensionElements?.values ?? []).find((one) => is(one, type));
  }

  /** Writes an extension's attributes; null takes the extension away. */
  extend(element, type, values, owner = getBusinessObject(element)) {
    const known = this.extension(owner, type);
    if (known && values) return this.write(element, known, values);
    if (!known && !values) return undefined;
    const others = (owner.extensionElements?.values ?? []).filter((one) => one !== known);
    return this.lay(element, owner, values ? [...others, this.make(type, values)] : others);
  }

  lay(element, owner, values) {
    const extensionElements = values.length ? this.make('bpmn:ExtensionElements', { values }, owner) : undefined;
    for (const one of values) one.$parent = extensionElements;
    this.write(element, owner, { extensionElements });
  }

  make(type, values, parent) {
    const made = this.moddle.create(type, values);
    for (const value of Object.values(values).flat()) if (value?.$type) value.$parent = made;
    if (parent) made.$parent = parent;
    return made;
  }

  /** All zeebe properties of an element by name. */
  properties(element) {
    const held = this.extension(getBusinessObject(element), 'zeebe:Properties')?.properties ?? [];
    return Object.fromEntries(held.map(({ name, value }) => [name, value ?? '']));
  }

  /** Writes zeebe properties by name; empty ones are taken away, the others stay. */
  setProperties(element, changes) {
    const owner = getBusinessObject(element);
    const known = this.extension(owner, 'zeebe:Properties');
    const held = (known?.properties ?? []).filter(({ name }) => !(name in changes));
    const added = Object.entries(changes).filter(([, value]) => value !== '' && value != null)
      .map(([name, value]) => this.make('zeebe:Property', { name, value }, known));
    const properties = [...held, ...added];
    return this.extend(element, 'zeebe:Properties', properties.length ? { properties } : null);
  }

  /** The lines of an ioMapping, `inputParameters` or `outputParameters`. */
  lines(element, kind) {
    const mapping = this.extension(getBusinessObject(element), 'zeebe:IoMapping');
    return (mapping?.[kind] ?? []).map(({ source, target }) => ({ source: source ?? '', target: target ?? '' }));
  }

  setLines(element, kind, lines) {
    const type = kind === 'inputParameters' ? 'zeebe:Input' : 'zeebe:Output';
    const other = kind === 'inputParameters' ? 'outputParameters' : 'inputParameters';
    const mapping = this.extension(getBusinessObject(element), 'zeebe:IoMapping');
    const made = lines.filter(({ target }) => target).map((line) => this.make(type, line, mapping));
    const empty = !made.length && !(mapping?.[other] ?? []).length;
    this.extend(element, 'zeebe:IoMapping', empty ? null : { [kind]: made });
  }

  documentation(element) {
    return getBusinessObject(element).documentation?.[0]?.text ?? '';
  }

  setDocumentation(element, text) {
    const owner = getBusinessObject(element);
    const rest = (owner.documentation ?? []).slice(1);
    const documentation = text ? [this.make('bpmn:Documentation', { text }, owner), ...rest] : rest;
    this.write(element, owner, { documentation });
  }

  /** Writes an expression under a name, such as `conditionExpression`; empty text takes it away. */
  setExpression(element, owner, name, text) {
    const made = text ? this.make('bpmn:FormalExpression', { body: text }, owner) : undefined;
    this.write(element, owner, { [name]: made });
  }

  definition(element, type) {
    return (getBusinessObject(element).eventDefinitions ?? []).find((one) => is(one, type));
  }

  /** Points to a message or error of that name, which is added to the file where there is none. */
  refer(element, owner, attribute, type, name) {
    const definitions = this.modeler.getDefinitions();
    const known = definitions.rootElements.find((one) => is(one, type) && called(one) === name);
    if (known || !name) return this.write(element, owner, { [attribute]: known });
    const id = this.moddle.ids.nextPrefixed(`${type.slice(5)}_`);
    const values = type === 'bpmn:Error' ? { id, name, errorCode: name } : { id, name };
    const made = this.make(type, values, definitions);
    return this.together(
      () => this.write(element, definitions, { rootElements: [...definitions.rootElements, made] }),
      () => this.write(element, owner, { [attribute]: made }),
    );
  }
}

/** What a message or error is known by. */
export function called(one) {
  return (is(one, 'bpmn:Error') ? one.errorCode : '') || one.name || '';
}
