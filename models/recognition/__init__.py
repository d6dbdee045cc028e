"""Recognition: classification (EfficientNet-Lite0, ImageNet) and object detection (NanoDet, COCO).

Worker threads prepare pictures and postprocess outputs (`classes`, `detections`); only the networks run on the device
(`classifier_program`, `detector_program`); `tracking` moves boxes along without it.
"""
