"""Questions and what answers them, each in four languages: by these a model shows how near it places what
means the same in another language. Written for this project; each pair shares no name, no number and hardly a
word across languages, by which a model of one language could know them."""

from __future__ import annotations

QUESTIONS: tuple[tuple[str, str, str, str], ...] = (
    (
        "Who cleans the kitchen?",
        "Wer putzt die Küche?",
        "Qui nettoie la cuisine ?",
        "¿Quién limpia la cocina?",
    ),
    (
        "When does the school open in the morning?",
        "Wann öffnet die Schule am Morgen?",
        "Quand l'école ouvre-t-elle le matin ?",
        "¿Cuándo abre la escuela por la mañana?",
    ),
    (
        "Why did the ship sink?",
        "Warum ist das Schiff gesunken?",
        "Pourquoi le navire a-t-il coulé ?",
        "¿Por qué se hundió el barco?",
    ),
    (
        "How long does the meat have to cook?",
        "Wie lange muss das Fleisch kochen?",
        "Combien de temps la viande doit-elle cuire ?",
        "¿Cuánto tiempo debe cocerse la carne?",
    ),
    (
        "How much does the employee earn?",
        "Wie viel verdient der Angestellte?",
        "Combien gagne l'employé ?",
        "¿Cuánto gana el empleado?",
    ),
    (
        "What helps against a headache?",
        "Was hilft gegen Kopfschmerzen?",
        "Qu'est-ce qui aide contre le mal de tête ?",
        "¿Qué ayuda contra el dolor de cabeza?",
    ),
    (
        "Where do the birds spend the winter?",
        "Wo verbringen die Vögel den Winter?",
        "Où les oiseaux passent-ils l'hiver ?",
        "¿Dónde pasan el invierno los pájaros?",
    ),
    (
        "How do I return the goods that I bought?",
        "Wie gebe ich die gekaufte Ware zurück?",
        "Comment rendre la marchandise achetée ?",
        "¿Cómo devuelvo la mercancía comprada?",
    ),
)
ANSWERS: tuple[tuple[str, str, str, str], ...] = (
    (
        "The kitchen is cleaned by the guests themselves.",
        "Die Küche putzen die Gäste selbst.",
        "La cuisine est nettoyée par les clients eux-mêmes.",
        "Los propios huéspedes limpian la cocina.",
    ),
    (
        "The doors of the school are opened at half past seven in the morning.",
        "Die Türen der Schule werden morgens um halb acht geöffnet.",
        "Les portes de l'école ouvrent à sept heures et demie du matin.",
        "Las puertas de la escuela se abren a las siete y media de la mañana.",
    ),
    (
        "The ship went down because it had struck a rock in the fog.",
        "Das Schiff ging unter, weil es im Nebel auf einen Felsen gelaufen war.",
        "Le navire a coulé parce qu'il avait heurté un rocher dans le brouillard.",
        "El barco se hundió porque había chocado con una roca en la niebla.",
    ),
    (
        "Boil the meat for two hours over a low flame.",
        "Das Fleisch zwei Stunden bei kleiner Flamme kochen.",
        "Faites cuire la viande deux heures à feu doux.",
        "Cueza la carne dos horas a fuego lento.",
    ),
    (
        "The employee is paid a monthly wage of three thousand.",
        "Der Angestellte bekommt im Monat dreitausend Lohn.",
        "L'employé touche un salaire mensuel de trois mille.",
        "El empleado cobra un sueldo mensual de tres mil.",
    ),
    (
        "Against a headache, drink water and rest in the dark.",
        "Gegen Kopfschmerzen Wasser trinken und im Dunkeln ruhen.",
        "Contre le mal de tête, buvez de l'eau et reposez-vous dans le noir.",
        "Contra el dolor de cabeza, beba agua y descanse a oscuras.",
    ),
    (
        "In winter the birds fly south to warmer countries.",
        "Im Winter fliegen die Vögel nach Süden in wärmere Länder.",
        "En hiver, les oiseaux volent vers le sud, dans des pays plus chauds.",
        "En invierno los pájaros vuelan al sur, a países más cálidos.",
    ),
    (
        "Goods may be sent back within a month of buying them.",
        "Gekaufte Ware darf innerhalb eines Monats zurückgeschickt werden.",
        "La marchandise peut être renvoyée dans le mois qui suit l'achat.",
        "La mercancía puede devolverse en el plazo de un mes tras la compra.",
    ),
)
