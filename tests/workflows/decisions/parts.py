"""Small pieces of DMN: boxed expressions, functions, item definitions."""


def literal(text, attributes=""):
    return f"<literalExpression {attributes}><text>{text}</text></literalExpression>"


def entry(name, logic, kind=""):
    variable = f'<variable name="{name}" typeRef="{kind}"/>' if name else ""
    return f"<contextEntry>{variable}{logic}</contextEntry>"


def context(*entries):
    return f"<context>{''.join(entries)}</context>"


def function(parameters, logic, attributes=""):
    made = "".join(
        f'<formalParameter name="{name}" typeRef="{kind}"/>' if kind else f'<formalParameter name="{name}"/>'
        for name, _, kind in (one.partition(":") for one in parameters)
    )
    return f"<functionDefinition {attributes}>{made}{logic}</functionDefinition>"


def knowledge(name, parameters, logic, kind="", attributes="", needs=""):
    body = (
        function(parameters, logic, attributes)
        .replace("<functionDefinition", "<encapsulatedLogic")
        .replace("</functionDefinition", "</encapsulatedLogic")
    )
    return (
        f'<businessKnowledgeModel id="b_{name}" name="{name}">'
        f'<variable name="{name}" typeRef="{kind}"/>{needs}{body}</businessKnowledgeModel>'
    )


def item(name, base="", *, allowed="", constraint="", many=False, parts=()):
    inside = f"<typeRef>{base}</typeRef>" if base else ""
    inside += f"<allowedValues><text>{allowed}</text></allowedValues>" if allowed else ""
    inside += f"<typeConstraint><text>{constraint}</text></typeConstraint>" if constraint else ""
    inside += "".join(
        f'<itemComponent name="{part}" isCollection="{str(several).lower()}">'
        f"<typeRef>{kind}</typeRef></itemComponent>"
        for part, kind, several in parts
    )
    return f'<itemDefinition name="{name}" isCollection="{str(many).lower()}">{inside}</itemDefinition>'
