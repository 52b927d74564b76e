"""The engine room: runs, proves and records procedures; knows BPMN, knows no web."""
