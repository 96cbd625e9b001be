/// Words from which the demo makes its people and what they say.
enum DemoWords {
  static let first = [
    "Ada", "Amir", "Anna", "Aylin", "Ben", "Chidi", "Chloé", "Daniel", "Elif", "Emma", "Farid",
    "Grace", "Hana", "Ivan", "Jakub", "Joan", "Kenji", "Lars", "Leïla", "Luca", "Maria", "Mei",
    "Nadia", "Noah", "Olga", "Omar", "Petra", "Ravi", "Rosa", "Samuel", "Sofía", "Tomás", "Uma",
    "Víctor", "Wei", "Yara", "Yusuf", "Zoe",
  ]
  static let last = [
    "Ahmed", "Andersson", "Bianchi", "Brown", "Chen", "Costa", "Demir", "Dubois", "Fischer",
    "García", "Haddad", "Ito", "Ivanova", "Jones", "Kaya", "Khan", "Kowalski", "Kumar", "Larsen",
    "López", "Martin", "Müller", "Nguyen", "Novak", "O’Neill", "Okafor", "Patel", "Rossi",
    "Santos", "Sato", "Schmidt", "Silva", "Smith", "Suzuki", "Tanaka", "Taylor", "Weber", "Yılmaz",
  ]
  static let cities = [
    "Leeds", "York", "Ankara", "İzmir", "Porto", "Lyon", "Kraków", "Graz", "Turku", "Osaka",
  ]
  static let specializations = [
    "Cardiology", "Dermatology", "Emergency medicine", "General medicine", "Neurology",
    "Orthopaedics", "Paediatrics", "Psychiatry", "Radiology", "Surgery",
  ]
  static let complaints = [
    "chest pain on exertion", "headache since yesterday", "dizzy when standing up",
    "a cough that will not go", "pain in the left knee", "blurred vision in the evening",
    "tingling in both hands", "short of breath at night", "trouble sleeping", "a rash on the arm",
  ]
  static let questions = [
    "When did it start?", "Does anything make it better?", "Do you take any medicine?",
    "Has anyone in your family had this?", "How strong is it from one to ten?",
    "Have you had a fever?", "Does it wake you at night?",
  ]
  static let answers = [
    "About two weeks ago, and it comes and goes.", "Lying down helps a little.",
    "Only something for my blood pressure.", "My father had the same at my age.",
    "I would say six, sometimes seven.", "No, not that I noticed.", "Yes, most nights.",
  ]
  static let allergies = ["penicillin", "pollen", "nuts", "latex", "ibuprofen", "shellfish"]
  static let findings = [
    "no acute finding", "white matter changes", "small old infarct", "mild atrophy",
    "sinus thickening",
  ]
}
